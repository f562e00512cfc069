/// One header line as sent or received, with a value of any bytes.
///
/// Unlike `HeaderField` of the model it may break every rule of RFC 9110.
package struct HeaderLine: Sendable, Hashable {
    /// The name as written.
    package var name: String
    /// The value as sent.
    package var value: [UInt8]

    /// Takes a value that is sent as UTF-8.
    package init(_ name: String, _ value: String) {
        self.init(name, bytes: Array(value.utf8))
    }

    /// Takes a value byte by byte.
    package init(_ name: String, bytes: [UInt8]) {
        self.name = name
        value = bytes
    }

    /// The value as text, with replacement characters if it is not UTF-8.
    package var text: String { String(decoding: value, as: UTF8.self) }
}
