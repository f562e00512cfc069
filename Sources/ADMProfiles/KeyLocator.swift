/// Finds where each key of a TOML text stands, because the parser tells no positions.
///
/// Tables, dotted and quoted keys, and strings and lists over several lines are understood. On a
/// text that is not TOML it is right up to the first mistake.
package struct KeyLocator: Sendable {
    /// The keys in the order of the text; a table's header counts as a key.
    package private(set) var entries: [Entry] = []
    /// Why the parser must not see the whole text; nil if it may.
    private(set) var danger: Danger?
    /// The comments, from `#` up to the end of the line.
    private(set) var comments: [Range<Int>] = []
    /// Where the first table begins; the end of the text if there is none.
    private(set) var rootEnd: Int
    private var table: [String] = []
    private var root: [[String]: Int] = [:]
    private let lines: LineIndex

    /// One key.
    package struct Entry: Sendable, Hashable {
        /// The key from the root on, without quotes.
        package var path: [String]
        /// Where the key begins, in a header behind the brackets.
        package var position: SourcePosition
        /// Whether it is the header of a table.
        package var isHeader: Bool
        /// Whether no header stands before it.
        package var isRoot: Bool
        /// The bytes from the key to the end of the value.
        var statement: Range<Int>
        /// The bytes of the value.
        var value: Range<Int>
        /// The offsets where the items of a list begin.
        var items: [Int]
    }

    /// A place where the parser would abort the process, cut a text short or tell no place.
    struct Danger: Sendable {
        /// How much of the text the parser may see.
        var safeEnd: Int
        /// Where it is.
        var position: SourcePosition
        /// What it is.
        var message: String
        /// The remedy.
        var hint: String?
    }

    /// The most segments of a key; the parser recurses over them.
    private static let depthLimit = 64
    /// The most dots outside strings in one inline table, for the same reason.
    private static let dotLimit = 1024

    /// Looks through a text.
    package init(_ text: String) { self.init(Array(text.utf8)) }

    init(_ bytes: [UInt8]) {
        lines = LineIndex(bytes)
        rootEnd = bytes.count
        var scanner = TOMLScanner(bytes)
        while danger == nil {
            scanner.skipSpace()
            guard !scanner.isAtEnd else { break }
            let start = scanner.offset
            if scanner.peek() == UInt8(ascii: "[") {
                rootEnd = min(rootEnd, start)
                readHeader(&scanner)
            } else {
                readPair(&scanner)
            }
            if danger == nil, let escape = scanner.firstEscapedNUL {
                refuse(from: start, at: escape, "a NUL character is not allowed, even escaped")
            }
        }
        comments = scanner.comments
    }

    /// Where the key `name` of the root is set first, whatever it holds.
    package func first(_ name: String) -> Entry? { entries.first { $0.path.first == name } }

    /// Where an item of a list begins; where its key begins when there is no such item.
    package func position(of entry: Entry, item: Int) -> SourcePosition {
        entry.items.indices.contains(item)
            ? lines.position(of: entry.items[item]) : entry.position
    }

    private mutating func readHeader(_ scanner: inout TOMLScanner) {
        let start = scanner.offset
        scanner.offset += scanner.sees("[[") ? 2 : 1
        scanner.skipBlanks()
        let name = scanner.offset
        // TOMLKit 0.6.0 asserts that a key follows the brackets, in release builds too.
        guard let byte = scanner.peek(), TOMLScanner.isBare(byte) || "\"'".utf8.contains(byte)
        else {
            return refuse(from: start, at: name, "a table needs a name made of A-Z a-z 0-9 - _")
        }
        guard let path = scanner.readKeyPath() else { return lose(scanner) }
        guard path.count <= KeyLocator.depthLimit else {
            return refuse(from: start, at: name, "the key has too many parts")
        }
        table = path
        entries.append(
            Entry(
                path: path,
                position: lines.position(of: name),
                isHeader: true,
                isRoot: false,
                statement: name..<scanner.offset,
                value: scanner.offset..<scanner.offset,
                items: []
            )
        )
        scanner.skipLine()
    }

    private mutating func readPair(_ scanner: inout TOMLScanner) {
        let start = scanner.offset
        let isRoot = rootEnd > start
        guard let path = scanner.readKeyPath() else { return lose(scanner) }
        scanner.skipBlanks()
        guard scanner.peek() == UInt8(ascii: "=") else { return lose(scanner) }
        scanner.offset += 1
        scanner.skipBlanks()
        let value = scanner.readValue()
        if let stray = value.stray {
            return refuse(from: start, at: stray.offset, stray.message, stray.hint)
        }
        guard path.count <= KeyLocator.depthLimit, value.dots <= KeyLocator.dotLimit else {
            return refuse(from: start, at: start, "the key has too many parts")
        }
        if isRoot, let first = root[path] {
            let line = lines.position(of: first).line
            let key = path.joined(separator: ".")
            return refuse(from: start, at: start, "\(key) is set twice, first on line \(line)")
        }
        if isRoot { root[path] = start }
        entries.append(
            Entry(
                path: table + path,
                position: lines.position(of: start),
                isHeader: false,
                isRoot: isRoot,
                statement: start..<scanner.offset,
                value: value.range,
                items: value.items
            )
        )
        scanner.skipLine()
    }

    private mutating func refuse(
        from start: Int,
        at offset: Int,
        _ message: String,
        _ hint: String? = nil
    ) {
        danger = Danger(
            safeEnd: start,
            position: lines.position(of: offset),
            message: message,
            hint: hint
        )
    }

    /// Stops at something that is not a key; the parser says what is wrong with this line, and must not
    /// see what follows, because nobody looked at it.
    private mutating func lose(_ scanner: TOMLScanner) {
        var rest = scanner
        rest.skipLine()
        danger = Danger(
            safeEnd: rest.offset,
            position: lines.position(of: scanner.offset),
            message: "a key with a value is expected here"
        )
    }
}
