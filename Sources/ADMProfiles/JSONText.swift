/// A JSON value whose members keep their order when it is written (RFC 8259).
indirect enum JSONText: Sendable {
    case string(String)
    case number(Int)
    case boolean(Bool)
    case array([JSONText])
    case object([(String, JSONText)])

    /// The value as text, with two spaces for each level; short lists stay on one line.
    func rendered(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .string(let text): return JSONText.quote(text)
        case .number(let number): return "\(number)"
        case .boolean(let flag): return "\(flag)"
        case .array(let items):
            return "[" + items.map { $0.rendered(indent: indent) }.joined(separator: ", ") + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map {
                "\(inner)\(JSONText.quote($0.0)): \($0.1.rendered(indent: inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// TOML's escapes are a subset of JSON's, so that one function writes both.
    private static func quote(_ text: String) -> String { TOMLText.quote(text) }
}
