/// The file name in a `Content-Disposition` field (RFC 6266, RFC 8187).
package enum ContentDisposition {
    /// The most bytes of one field value that are looked at.
    private static let limit = 65_536

    /// The name that the server suggests.
    ///
    /// `filename*` wins over `filename`, wherever it stands; of several, the first valid one counts.
    /// Broken parts are passed over. The text is as the server meant it, decoded once:
    /// ``SafeName/fromHeader(_:)`` makes it safe. Encoded words (RFC 2047) are not for HTTP and stay
    /// as they are.
    ///
    /// - Parameter headerValues: The values of all `Content-Disposition` fields of the answer.
    /// - Returns: nil where no field holds a name.
    package static func fileName(_ headerValues: [String]) -> String? {
        var plain: String?
        for value in headerValues {
            var scanner = Scanner(bytes: Array(value.utf8.prefix(limit)))
            while let parameter = scanner.next() {
                guard !parameter.value.isEmpty else { continue }
                if parameter.name == "filename*", let name = extended(parameter.value) {
                    return name
                }
                if parameter.name == "filename", plain == nil {
                    plain = String(decoding: parameter.value, as: UTF8.self)
                }
            }
        }
        return plain
    }

    /// Reads `charset'language'percent-encoded` (RFC 8187 §3.2); nil where it is no such text.
    private static func extended(_ value: [UInt8]) -> String? {
        let fields = value.split(
            separator: UInt8(ascii: "'"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard fields.count == 3, let bytes = percentDecoded(Array(fields[2])), !bytes.isEmpty else {
            return nil
        }
        switch String(decoding: fields[0], as: UTF8.self).lowercased() {
        case "utf-8": return String(validating: bytes, as: UTF8.self)
        case "iso-8859-1":
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
            return String(scalars)
        default: return nil
        }
    }

    private static func percentDecoded(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "%") else {
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

    /// Reads one parameter after another; a disposition type is a parameter without a value.
    private struct Scanner {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() -> (name: String, value: [UInt8])? {
            skip { Scanner.isSpace($0) || $0 == UInt8(ascii: ";") }
            guard index < bytes.count else { return nil }
            let name = take { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            let word = String(decoding: Scanner.trimmed(name), as: UTF8.self).lowercased()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return (word, []) }
            index += 1
            skip(Scanner.isSpace)
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                return (word, quoted())
            }
            // Servers write names with spaces and no quotes; everything up to the semicolon is it.
            return (word, Scanner.trimmed(take { $0 != UInt8(ascii: ";") }))
        }

        /// A quoted string with its pairs resolved; one that is never closed ends with the field.
        private mutating func quoted() -> [UInt8] {
            var value: [UInt8] = []
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
                value.append(bytes[index])
                index += 1
            }
            skip { $0 != UInt8(ascii: ";") }
            return value
        }

        private mutating func skip(_ condition: (UInt8) -> Bool) {
            while index < bytes.count, condition(bytes[index]) { index += 1 }
        }

        private mutating func take(_ condition: (UInt8) -> Bool) -> [UInt8] {
            let start = index
            skip(condition)
            return Array(bytes[start..<index])
        }

        private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

        private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
            var slice = bytes[...]
            while let first = slice.first, isSpace(first) { slice.removeFirst() }
            while let last = slice.last, isSpace(last) { slice.removeLast() }
            return Array(slice)
        }
    }
}
