import ADMModel

/// The text of a file of settings while it is edited.
struct SettingsText {
    private var bytes: [UInt8]
    private var locator: KeyLocator
    private let lineBreak: [UInt8]

    /// Takes a text whose syntax is right.
    ///
    /// - Throws: ``Failure`` with `configuration` if it is not.
    init(_ text: String, path: String) throws(Failure) {
        locator = try TOMLDocument(text, path: path).locator
        bytes = Array(text.utf8)
        // Swift sees CRLF as one character, so the first line break decides.
        let first = text.first { $0.isNewline }
        lineBreak = Array((first == "\r\n" ? "\r\n" : "\n").utf8)
    }

    /// The text as it is now.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the root has a key, in whatever form.
    func holds(_ key: String) -> Bool { locator.first(key) != nil }

    /// The first line of the root that sets a key or something below it.
    func pair(_ key: String) -> KeyLocator.Entry? {
        locator.entries.first { $0.isRoot && !$0.isHeader && $0.path.first == key }
    }

    /// Gives a key another value at its place.
    mutating func replace(_ entry: KeyLocator.Entry, with literal: String) {
        let notes = comments(in: entry.value)
        let start = lineStart(entry.statement.lowerBound)
        edit(entry.value, literal)
        edit(start..<start, notes)
    }

    /// Takes a key out; its comments stay.
    mutating func remove(_ entry: KeyLocator.Entry) {
        let start = lineStart(entry.statement.lowerBound)
        let end = lineEnd(entry.statement.upperBound)
        edit(start..<end, comments(in: entry.statement.lowerBound..<end))
    }

    /// Puts a line behind the comment that shows the key, else where the root ends.
    mutating func insert(_ line: String, behindExampleOf key: String) {
        let example = locator.comments.first {
            $0.upperBound <= locator.rootEnd && isExample($0, of: key) && isAlone($0)
        }
        let place = example.map { lineEnd($0.upperBound) } ?? endOfRoot()
        let needsBreak = place > textStart && bytes[place - 1] != UInt8(ascii: "\n")
        let addition = (needsBreak ? lineBreak : []) + Array(line.utf8) + lineBreak
        edit(place..<place, addition)
    }

    /// Whether a comment is `# key = …` and no prose.
    private func isExample(_ comment: Range<Int>, of key: String) -> Bool {
        let body = bytes[comment].dropFirst().drop { $0 == UInt8(ascii: " ") }
        guard body.starts(with: key.utf8) else { return false }
        return body.dropFirst(key.utf8.count).drop { $0 == UInt8(ascii: " ") }.first
            == UInt8(ascii: "=")
    }

    /// Whether a comment has a line of its own, outside of every value.
    private func isAlone(_ comment: Range<Int>) -> Bool {
        let before = bytes[lineStart(comment.lowerBound)..<comment.lowerBound]
        return before.allSatisfy { " \t".utf8.contains($0) }
            && !locator.entries.contains { $0.value.contains(comment.lowerBound) }
    }

    /// Behind the last line before the first table, and before the comments that belong to it.
    private func endOfRoot() -> Int {
        guard locator.rootEnd < bytes.count else { return bytes.count }
        let pairs = locator.entries.filter { $0.isRoot && !$0.isHeader }
        return pairs.last.map { lineEnd($0.statement.upperBound) } ?? textStart
    }

    private func comments(in range: Range<Int>) -> [UInt8] {
        locator.comments.filter { range.contains($0.lowerBound) }
            .flatMap { Array(bytes[$0]) + lineBreak }
    }

    private var textStart: Int { LineIndex.hasMark(bytes) ? 3 : 0 }

    private func lineStart(_ offset: Int) -> Int {
        var start = offset
        while start > textStart, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return start
    }

    /// The offset behind the line break that ends the line.
    private func lineEnd(_ offset: Int) -> Int {
        let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n"))
        return end.map { $0 + 1 } ?? bytes.count
    }

    private mutating func edit(_ range: Range<Int>, _ replacement: String) {
        edit(range, Array(replacement.utf8))
    }

    private mutating func edit(_ range: Range<Int>, _ replacement: [UInt8]) {
        bytes.replaceSubrange(range, with: replacement)
        locator = KeyLocator(bytes)
    }
}
