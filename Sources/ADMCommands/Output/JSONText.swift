import ADMModel
import Foundation

/// Writes values as JSON (RFC 8259) for programs: sorted keys in snake case, dates with milliseconds,
/// slashes as they are.
///
/// Control characters and those that change the direction of writing are always escaped, so that JSON
/// printed to a terminal cannot steer it.
enum JSONText {
    /// The value as one line, without the line's end.
    ///
    /// - Throws: ``Failure`` with `unclassified` where the value cannot be written, such as an
    ///   infinite number.
    static func line(_ value: some Encodable) throws(Failure) -> String {
        try encoded(value, formatting: [.sortedKeys, .withoutEscapingSlashes])
    }

    /// The value over several lines, without the last line's end.
    ///
    /// - Throws: ``Failure`` as ``line(_:)``.
    static func pretty(_ value: some Encodable) throws(Failure) -> String {
        try encoded(value, formatting: [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted])
    }

    /// The text as a JSON string, with its quotation marks.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += isHarmful(scalar) ? escaped(scalar) : String(scalar)
            }
        }
        return result + "\""
    }

    private static func encoded(
        _ value: some Encodable,
        formatting: JSONEncoder.OutputFormatting
    ) throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp.text(date))
        }
        do {
            return escapingHarmful(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw Failure(.unclassified, "cannot write JSON", cause: "\(error)")
        }
    }

    /// Outside ASCII there are only strings in JSON, so escapes may be put anywhere.
    private static func escapingHarmful(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: { $0.value >= 0x7F && isHarmful($0) }) else {
            return json
        }
        return json.unicodeScalars.reduce(into: "") { result, scalar in
            let isOutside = scalar.value >= 0x7F && isHarmful(scalar)
            result += isOutside ? escaped(scalar) : String(scalar)
        }
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// All of them lie in the basic plane, so that four digits are enough.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
