package import ADMModel

/// The `Content-Range` field of an answer (RFC 9110 §14.4).
package struct ContentRange: Sendable, Hashable {
    /// The bytes that the answer holds; nil in a 416 answer.
    package let range: ByteRange?
    /// The whole length; nil where the server wrote `*`.
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
