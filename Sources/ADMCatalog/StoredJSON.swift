import Foundation
import GRDB

/// Values that are stored as JSON text, because nothing is ever searched in them.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A string as JSON writes it (RFC 8259 §7).
    static func quoted(_ text: String) -> String {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            unsafe bytes.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
        }
        guard !isPlain else { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func text(ifPresent value: (some Encodable)?) throws -> String? {
        try value.map { try text($0) }
    }

    /// Reads a value back; text that is no such value means that the row is damaged.
    static func value<Value: Decodable>(_ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw UnreadableValue(reason: "a stored \(Value.self) cannot be read")
        }
    }

    static func value<Value: Decodable>(ifPresent text: String?) throws -> Value? {
        try text.map { try value($0) }
    }
}
