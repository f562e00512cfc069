import Foundation
import GRDB

/// Values that are stored as JSON text, because nothing is ever searched in them.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
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
