package import ADMModel

/// The `Content-Range` field of an answer (RFC 9110 §14.4).
package struct ContentRange: Sendable, Hashable {
    /// The bytes that the answer holds; nil in a 416 answer.
    package let range: ByteRange?
    /// The whole length; nil if the server wrote `*`.
    package let total: Int64?

    /// Reads `bytes 0-499/1234`, `bytes 0-499/*` or `bytes */1234`; nil for anything else.
    package init?(parsing text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        if parts[1] == "*" {
            total = nil
        } else {
            guard let number = ContentRange.number(parts[1]) else { return nil }
            total = number
        }
        if parts[0] == "*" {
            guard total != nil else { return nil }
            range = nil
            return
        }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ContentRange.number(ends[0]),
            let last = ContentRange.number(ends[1]), last >= first,
            let range = ByteRange(checked: first, last.adding(saturating: 1))
        else { return nil }
        if let total, last >= total { return nil }
        self.range = range
    }

    private static func number(_ text: Substring) -> Int64? {
        Int64(digits: text).flatMap { $0 <= ByteCount.limit ? $0 : nil }
    }
}

/// What a `Content-Range` field seems to say, however it is written.
///
/// Nothing is written by it; it only shows that a body is less than the whole file.
package struct RangeClaim: Sendable, Hashable {
    /// The first byte of the body.
    package let first: Int64?
    /// The last byte of the body.
    package let last: Int64?
    /// The whole length.
    package let total: Int64?

    /// Reads what can be read: `bytes 0-499/1234`, `bytes=0-499/1234`, `0-499/*` and their like.
    package init(_ text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        first = RangeClaim.number(ends[0])
        last = ends.count > 1 ? RangeClaim.number(ends[1]) : nil
        total = halves.count > 1 ? RangeClaim.number(halves[1]) : nil
    }

    /// The digits of a text that has nothing else but a unit and separators before them.
    private static func number(_ text: Substring) -> Int64? {
        let digits = text.drop { !$0.isASCII || !$0.isNumber }
        return Int64(digits.prefix { $0.isASCII && $0.isNumber })
    }
}
