/// Steps over the parts of a TOML 1.0 text without judging them.
///
/// It is right about every text that TOML allows, and on other texts up to the first mistake; what
/// it says behind a mistake means nothing. It never fails and never leaves the text.
struct TOMLScanner {
    /// The text.
    let bytes: [UInt8]
    /// Where it stands, as an offset.
    var offset: Int
    /// The comments that were stepped over, from `#` up to the end of the line.
    private(set) var comments: [Range<Int>] = []
    /// Where an escape for the character NUL was met first.
    private(set) var firstEscapedNUL: Int?

    /// Starts at the beginning, behind a byte-order mark.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = LineIndex.hasMark(bytes) ? 3 : 0
    }

    /// Whether the text ends here.
    var isAtEnd: Bool { offset >= bytes.count }

    /// The byte `distance` further on; nil behind the end.
    func peek(_ distance: Int = 0) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    /// Whether the text continues with `text`.
    func sees(_ text: StaticString) -> Bool {
        let word = Array(text.description.utf8)
        return bytes[min(offset, bytes.count)...].starts(with: word)
    }

    /// Whether a bare key may hold this byte.
    static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Steps over spaces and tabs.
    mutating func skipBlanks() {
        while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            offset += 1
        }
    }

    /// Steps over blanks, line breaks and comments.
    mutating func skipSpace() {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                offset += 1
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    /// Steps up to the end of the line, not over the line break.
    mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "#") { skipComment() } else { offset += 1 }
        }
    }

    private mutating func skipComment() {
        let start = offset
        while let byte = peek(), byte != UInt8(ascii: "\n") { offset += 1 }
        let end = offset > start && bytes[offset - 1] == UInt8(ascii: "\r") ? offset - 1 : offset
        comments.append(start..<end)
    }

    /// Reads a key with its dots; nil if there is none.
    mutating func readKeyPath() -> [String]? {
        var path: [String] = []
        while true {
            skipBlanks()
            guard let segment = readKeySegment() else { return nil }
            path.append(segment)
            let end = offset
            skipBlanks()
            guard peek() == UInt8(ascii: ".") else {
                offset = end
                return path
            }
            offset += 1
        }
    }

    private mutating func readKeySegment() -> String? {
        guard let first = peek() else { return nil }
        let start = offset
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            skipString()
            guard offset - start >= 2, bytes[offset - 1] == first else { return nil }
            let inner = Array(bytes[start + 1..<offset - 1])
            return first == UInt8(ascii: "'")
                ? String(decoding: inner, as: UTF8.self) : TOMLText.unescape(inner)
        }
        while let byte = peek(), TOMLScanner.isBare(byte) { offset += 1 }
        return offset > start ? String(decoding: bytes[start..<offset], as: UTF8.self) : nil
    }

    /// Steps over a string of any of the four kinds.
    mutating func skipString() {
        guard let quote = peek() else { return }
        let escapes = quote == UInt8(ascii: "\"")
        guard peek(1) == quote, peek(2) == quote else {
            offset += 1
            while let byte = peek(), byte != UInt8(ascii: "\n") {
                if byte == quote {
                    offset += 1
                    return
                }
                stepInString(byte, escapes: escapes)
            }
            return
        }
        offset += 3
        while let byte = peek() {
            guard byte == quote, peek(1) == quote, peek(2) == quote else {
                stepInString(byte, escapes: escapes)
                continue
            }
            offset += 3
            // Up to two quotes before the closing three belong to the string.
            for _ in 0..<2 where peek() == quote { offset += 1 }
            return
        }
    }

    private mutating func stepInString(_ byte: UInt8, escapes: Bool) {
        guard escapes, byte == UInt8(ascii: "\\") else {
            offset += 1
            return
        }
        if sees("\\u0000") || sees("\\U00000000") { firstEscapedNUL = firstEscapedNUL ?? offset }
        offset = min(offset + 2, bytes.count)
    }
}
