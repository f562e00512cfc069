import ADMModel

/// The file name in a `Content-Disposition` field (RFC 6266, RFC 8187).
package enum ContentDisposition {
    /// The most bytes of one field value that are looked at.
    private static let limit = 65_536

    /// The name that the server suggests.
    ///
    /// `filename*` wins over a name in numbered pieces (RFC 2231 §3) and that over `filename`, wherever they
    /// stand; of several, the first valid one counts. Broken parts are passed over. The text is as the server
    /// meant it, decoded once; `SafeName` makes it safe. Encoded words (RFC 2047) are not
    /// for HTTP and stay as they are.
    ///
    /// - Parameter headerValues: The values of all `Content-Disposition` fields of the answer.
    /// - Returns: nil if no field holds a name.
    package static func fileName(_ headerValues: [String]) -> String? {
        var plain: String?
        var pieced: String?
        for value in headerValues {
            var scanner = DispositionScanner(Array(value.utf8.prefix(limit)))
            var pieces = NamePieces()
            while let parameter = scanner.next() {
                guard !parameter.value.isEmpty else { continue }
                if parameter.name == "filename*" {
                    if let name = ExtendedText(parameter.value)?.string { return name }
                } else if parameter.name == "filename" {
                    plain = plain ?? String(decoding: parameter.value, as: UTF8.self)
                } else if parameter.name.hasPrefix("filename*") {
                    pieces.add(parameter.name.dropFirst("filename*".count), parameter.value)
                }
            }
            pieced = pieced ?? pieces.name
        }
        return pieced ?? plain
    }
}

/// A value of the form `charset'language'percent-encoded` (RFC 8187 §3.2).
private struct ExtendedText {
    /// The encodings that names come in.
    enum Charset {
        case utf8, latin1

        /// Reads a label; some servers leave out the hyphen.
        init?(_ label: ArraySlice<UInt8>) {
            switch String(decoding: label, as: UTF8.self).lowercased() {
            case "utf-8", "utf8": self = .utf8
            case "iso-8859-1": self = .latin1
            default: return nil
            }
        }

        /// The text of bytes; nil if they are not in this encoding, or if there are none.
        func text(_ bytes: [UInt8]) -> String? {
            guard !bytes.isEmpty else { return nil }
            switch self {
            case .utf8: return String(validating: bytes, as: UTF8.self)
            case .latin1:
                // What has no character in ISO 8859-1 was written in another encoding.
                guard !bytes.contains(where: { (0x80...0x9F).contains($0) }) else { return nil }
                var scalars = String.UnicodeScalarView()
                scalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
                return String(scalars)
            }
        }
    }

    let charset: Charset
    let bytes: [UInt8]
    /// The text; nil if the bytes are not in the encoding that is named.
    var string: String? { charset.text(bytes) }

    /// Reads a value; nil for another form, an unknown label and a broken escape.
    init?(_ value: [UInt8]) {
        let fields = value.split(
            separator: UInt8(ascii: "'"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard fields.count == 3, let charset = Charset(fields[0]),
            let bytes = ExtendedText.percentDecoded(Array(fields[2]))
        else { return nil }
        self.charset = charset
        self.bytes = bytes
    }

    /// The bytes that are meant; nil if an escape is broken, or if a byte beyond ASCII is not escaped.
    static func percentDecoded(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "%") else {
                guard text[index] < 0x80 else { return nil }
                bytes.append(text[index])
                index += 1
                continue
            }
            guard let byte = HexText.percentByte(text, at: index) else { return nil }
            bytes.append(byte)
            index += 3
        }
        return bytes
    }
}

/// A name in pieces: `filename*0="a"; filename*1*=%20b` (RFC 2231 §3, §4.1).
private struct NamePieces {
    private var pieces: [Int: (value: [UInt8], isExtended: Bool)] = [:]

    /// Takes the piece whose parameter ends with this, such as `0` or `1*`.
    mutating func add(_ mark: Substring, _ value: [UInt8]) {
        let isExtended = mark.hasSuffix("*")
        let digits = isExtended ? mark.dropLast() : mark
        guard digits == "0" || !digits.hasPrefix("0"), digits.utf8.count <= 3,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
            pieces[number] == nil
        else { return }
        pieces[number] = (value, isExtended)
    }

    /// The pieces from the first one up to the first that is missing or broken; nil if there is none.
    var name: String? {
        guard let first = pieces[0] else { return nil }
        var charset = ExtendedText.Charset.utf8
        var text = ""
        var encoded: [UInt8] = []
        func decodeWhatIsOpen() -> Bool {
            guard !encoded.isEmpty else { return true }
            guard let part = charset.text(encoded) else { return false }
            text += part
            encoded = []
            return true
        }
        if first.isExtended {
            guard let start = ExtendedText(first.value) else { return nil }
            charset = start.charset
            encoded = start.bytes
        } else {
            text = String(decoding: first.value, as: UTF8.self)
        }
        var number = 1
        while let piece = pieces[number] {
            if piece.isExtended {
                // A character may be cut into two pieces.
                guard let bytes = ExtendedText.percentDecoded(piece.value) else { break }
                encoded += bytes
            } else {
                guard decodeWhatIsOpen() else { return nil }
                text += String(decoding: piece.value, as: UTF8.self)
            }
            number += 1
        }
        guard decodeWhatIsOpen(), !text.isEmpty else { return nil }
        return text
    }
}
