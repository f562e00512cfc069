import Foundation

/// The text that is the secret of an access token: `adm_`, its identifier, `_`, and 256 random bits in base64url
/// (RFC 4648 §5) without padding.
package enum TokenText {
    private static let beginning = Array("adm_".utf8)
    private static let mark = UInt8(ascii: "_")
    private static let idLength = 8
    private static let randomByteCount = 32
    private static let randomLength = 43

    /// A new identifier: eight lower-case hexadecimal digits, at random.
    package static func randomID() -> String { HexText.encode(randomBytes(idLength / 2)) }

    /// A new secret of a token with this identifier.
    package static func random(id: String) -> Secret {
        let digits = Data(randomBytes(randomByteCount)).base64EncodedString().utf8.prefix {
            $0 != UInt8(ascii: "=")
        }
        let random = digits.map { (digit) -> UInt8 in
            switch digit {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: digit
            }
        }
        return Secret(beginning + Array(id.utf8) + [mark] + random)
    }

    /// The identifier in a text that has the form of a secret; nil if it has not.
    package static func id(in text: String) -> String? {
        let idEnd = beginning.count + idLength
        guard text.utf8.count == idEnd + 1 + randomLength else { return nil }
        let bytes = Array(text.utf8)
        let id = String(decoding: bytes[beginning.count..<idEnd], as: UTF8.self)
        guard bytes.starts(with: beginning), isID(id), bytes[idEnd] == mark,
            bytes[(idEnd + 1)...].allSatisfy(isDigit)
        else { return nil }
        return id
    }

    /// Whether a text has the form of an identifier.
    package static func isID(_ text: String) -> Bool {
        text.utf8.count == idLength
            && text.utf8.allSatisfy { HexText.value($0) != nil && !isUpper($0) }
    }

    private static func isUpper(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// Whether a byte is a digit of base64url.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: isUpper(byte)
        }
    }

    /// Bytes of the system's generator (getrandom(2)).
    private static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}
