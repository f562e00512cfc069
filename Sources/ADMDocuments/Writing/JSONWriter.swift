import ADMModel

/// Writes values as JSON (RFC 8259), each in the order in which it is handed over.
///
/// It writes text directly, because an encoder takes several times as long and lists may have many thousand
/// jobs.
package struct JSONWriter {
    /// What was written so far.
    package private(set) var text = ""
    private let isPretty: Bool
    private var depth = 0

    private init(isPretty: Bool) { self.isPretty = isPretty }

    /// The value as one line, without the line's end.
    package static func line(_ value: some JSONWritable) -> String {
        var json = JSONWriter(isPretty: false)
        value.write(to: &json)
        return json.text
    }

    /// The value over several lines, without the last line's end.
    package static func pretty(_ value: some JSONWritable) -> String {
        var json = JSONWriter(isPretty: true)
        value.write(to: &json)
        return json.text
    }

    // MARK: - Single values

    /// Writes null.
    package mutating func appendNull() { text += "null" }

    /// Writes a text.
    package mutating func append(_ value: String) { JSONString.append(value, to: &text) }

    /// Writes a whole number.
    package mutating func append(_ value: some BinaryInteger) { text += value.description }

    /// Writes true or false.
    package mutating func append(_ value: Bool) { text += value ? "true" : "false" }

    /// Writes a number in the fewest digits that are read back as the same; null for one that JSON cannot
    /// write.
    package mutating func append(_ value: Double) {
        guard value.isFinite else { return appendNull() }
        if value == value.rounded(), abs(value) < 1e15 {
            text += Int64(value).description
        } else {
            text += value.description
        }
    }

    // MARK: - Several values

    /// Writes an object with the fields of a table.
    package mutating func append<Owner>(_ owner: Owner, _ fields: [Field<Owner>]) {
        open("{")
        var isFirst = true
        add(owner, fields, &isFirst)
        close("}", isEmpty: isFirst)
    }

    /// Writes an object whose fields are in two tables, about two values.
    package mutating func append<First, Second>(
        _ first: (First, [Field<First>]),
        _ second: (Second, [Field<Second>])
    ) {
        open("{")
        var isFirst = true
        add(first.0, first.1, &isFirst)
        add(second.0, second.1, &isFirst)
        close("}", isEmpty: isFirst)
    }

    /// Writes a list.
    package mutating func append(_ items: some Sequence<some JSONWritable>) {
        open("[")
        var isFirst = true
        for item in items {
            separate(&isFirst)
            item.write(to: &self)
        }
        close("]", isEmpty: isFirst)
    }

    /// Writes an object whose names are data, sorted by them.
    package mutating func append(_ values: [String: some JSONWritable]) {
        open("{")
        var isFirst = true
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            separate(&isFirst)
            append(name)
            text += isPretty ? " : " : ":"
            value.write(to: &self)
        }
        close("}", isEmpty: isFirst)
    }

    private mutating func add<Owner>(
        _ owner: Owner,
        _ fields: [Field<Owner>],
        _ isFirst: inout Bool
    ) {
        for field in fields {
            separate(&isFirst)
            text += isPretty ? field.key.pretty : field.key.line
            field.write(owner, &self)
        }
    }

    /// Many short texts take longer than one, so line ends are made once for each depth.
    private static let lines = (0..<16).map { "\n" + String(repeating: "  ", count: $0) }
    private static let nextLines = lines.map { "," + $0 }

    private mutating func separate(_ isFirst: inout Bool) {
        if isPretty {
            text += (isFirst ? JSONWriter.lines : JSONWriter.nextLines)[depth]
        } else if !isFirst {
            text += ","
        }
        isFirst = false
    }

    private mutating func open(_ bracket: String) {
        text += bracket
        depth += 1
    }

    private mutating func close(_ bracket: String, isEmpty: Bool) {
        depth -= 1
        // As Foundation's encoder writes it.
        if isPretty, isEmpty { text += "\n" }
        if isPretty { text += JSONWriter.lines[depth] }
        text += bracket
    }
}
