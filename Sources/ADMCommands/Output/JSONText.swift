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

    private static func encoded(
        _ value: some Encodable,
        formatting: JSONEncoder.OutputFormatting
    ) throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(DateText.text(date))
        }
        do {
            return escapingHarmful(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw Failure(.unclassified, "cannot write JSON", cause: "\(error)")
        }
    }

    /// Outside ASCII there are only strings in JSON, so escapes may be put anywhere.
    private static func escapingHarmful(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: { $0.value >= 0x7F && JSONString.isHarmful($0) })
        else { return json }
        return json.unicodeScalars.reduce(into: "") { result, scalar in
            let isOutside = scalar.value >= 0x7F && JSONString.isHarmful(scalar)
            result += isOutside ? JSONString.escaped(scalar) : String(scalar)
        }
    }
}
