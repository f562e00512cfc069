import ADMModel

/// One field of an object that adm accepts: its name, what it means and how it is read.
package struct InputField<Body>: Sendable {
    /// What can be said of it without an object.
    let description: FieldDescription
    /// Reads the field where it is there and not null.
    let read: @Sendable (inout Body, KeyedDecodingContainer<FieldName>, FieldName) throws -> Void

    /// Declares a field.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - type: What it may be.
    ///   - isRequired: Whether it has to be there.
    ///   - summary: What it means, in sentences.
    ///   - take: Puts the value into the body.
    init<Value: JSONShaped & Decodable>(
        _ name: String,
        as type: Value.Type,
        isRequired: Bool = false,
        _ summary: String,
        _ take: @escaping @Sendable (inout Body, Value) -> Void
    ) {
        description = FieldDescription(name, summary, Value.shape, isRequired: isRequired)
        read = { body, values, key in
            if isRequired {
                take(&body, try values.decode(Value.self, forKey: key))
            } else if let value = try values.decodeIfPresent(Value.self, forKey: key) {
                take(&body, value)
            }
        }
    }
}

/// A name in an object, whatever it is.
struct FieldName: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
