/// A JSON value whose members keep their order when it is written (RFC 8259).
package indirect enum JSONValue: Sendable {
    /// Nothing.
    case null
    /// A text.
    case string(String)
    /// A whole number.
    case number(Int)
    /// True or false.
    case boolean(Bool)
    /// Values in an order.
    case array([JSONValue])
    /// Named values in an order.
    case object([(String, JSONValue)])

    /// The value as text, with two spaces for each level; lists without objects stay on one line.
    package func rendered(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .null: return "null"
        case .string(let text): return JSONString.quoted(text)
        case .number(let number): return "\(number)"
        case .boolean(let flag): return "\(flag)"
        case .array(let items):
            return "[" + items.map { $0.rendered(indent: indent) }.joined(separator: ", ") + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map {
                "\(inner)\(JSONString.quoted($0.0)): \($0.1.rendered(indent: inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
