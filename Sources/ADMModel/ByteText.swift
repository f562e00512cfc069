/// Text whose bytes somebody else chose: UTF-8 if they are that, else ISO 8859-1.
///
/// The characters of ISO 8859-1 are the first 256 of Unicode, so that bytes that differ never become the
/// same text in the same encoding, as they would with replacement characters.
package struct ByteText: Sendable, Hashable {
    /// The text.
    package let string: String
    /// Whether the bytes are not UTF-8, so that each stands for the character of its number.
    package let isLatin1: Bool

    private init(string: String, isLatin1: Bool) {
        self.string = string
        self.isLatin1 = isLatin1
    }

    /// Reads bytes.
    package init(_ bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.init(string: text, isLatin1: false)
        } else {
            self.init(string: ByteText.latin1(bytes), isLatin1: true)
        }
    }

    /// Reads a line of a list, whose fields are separated by tabs.
    ///
    /// In one that is not UTF-8 a URL keeps its bytes percent-encoded from `://` on, so that the server is asked
    /// for what is written there.
    package init(line bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.init(string: text, isLatin1: false)
            return
        }
        let fields = Array(bytes).split(separator: 0x09, omittingEmptySubsequences: false)
            .map { field in
                guard let mark = field.firstRange(of: "://".utf8) else {
                    return ByteText.latin1(field)
                }
                return ByteText.latin1(field[..<mark.upperBound])
                    + ByteText.url(field[mark.upperBound...])
            }
        self.init(string: fields.joined(separator: "\t"), isLatin1: true)
    }

    private static func latin1(_ bytes: some Collection<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
        return String(scalars)
    }

    /// Text that is a URL, or holds some: if the bytes are not UTF-8, those beyond ASCII are
    /// percent-encoded and so stay what they are.
    package static func url(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return bytes.reduce(into: "") { text, byte in
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += escape(byte)
            }
        }
    }

    /// The bytes as people can read them: what is not UTF-8 as `\xHH`.
    package static func shown(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return bytes.reduce(into: "") { text, byte in
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        "%" + String(byte, radix: 16, uppercase: true)
    }
}
