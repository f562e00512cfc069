import ADMModel
import TOMLKit

/// A TOML text with its values and their places: the only door to the parser.
struct TOMLDocument: Sendable {
    /// The keys of the root with their values.
    private(set) var values: [String: TOMLNode] = [:]
    /// Where the keys stand.
    let locator: KeyLocator
    /// The keys of the root in the order of the text.
    var keys: [String] {
        var rest = Set(values.keys)
        let found = locator.entries.compactMap(\.path.first).filter { rest.remove($0) != nil }
        return found + rest.sorted()
    }

    /// The largest text that is read.
    static let sizeLimit = 1_048_576

    /// Parses a text.
    ///
    /// - Throws: ``Failure`` with `configuration` and `path:line:column` in its message.
    init(_ text: String, path: String) throws(Failure) {
        let bytes = Array(text.utf8)
        guard bytes.count <= TOMLDocument.sizeLimit else { throw TOMLDocument.tooLarge(path) }
        // The parser takes a C string and would silently ignore what follows a NUL.
        if let null = bytes.firstIndex(of: 0) {
            let position = LineIndex(bytes).position(of: null)
            throw Failure(.configuration, "\(path):\(position): a NUL character is not allowed")
        }
        locator = KeyLocator(bytes)
        if let danger = locator.danger {
            _ = try TOMLDocument.parse(
                String(decoding: bytes[..<danger.safeEnd], as: UTF8.self),
                path: path
            )
            throw Failure(
                .configuration,
                "\(path):\(danger.position): \(danger.message)",
                hint: danger.hint
            )
        }
        let table = try TOMLDocument.parse(text, path: path)
        for key in table.keys {
            if let value = table[key] { values[key] = TOMLNode(value) }
        }
    }

    /// Where a key of the root is set.
    func position(of key: String) -> SourcePosition {
        locator.first(key)?.position ?? SourcePosition(line: 1, column: 1)
    }

    /// Where an item of a list begins.
    func position(of key: String, item: Int) -> SourcePosition {
        locator.first(key).map { locator.position(of: $0, item: item) } ?? position(of: key)
    }

    /// The failure for a text beyond ``sizeLimit``.
    static func tooLarge(_ path: String) -> Failure {
        Failure(.configuration, "\(path) is larger than \(ByteCount(Int64(sizeLimit)))")
    }

    private static func parse(_ text: String, path: String) throws(Failure) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let place = SourcePosition(
                line: error.source.begin.line,
                column: error.source.begin.column
            )
            throw Failure(.configuration, "\(path):\(place): \(sentence(error.description))")
        } catch {
            throw Failure(.configuration, "\(path): the file is not TOML", cause: "\(error)")
        }
    }

    /// The parser's words without its opening, which says the same for every mistake.
    private static func sentence(_ description: String) -> String {
        let opening = "Error while parsing "
        guard description.hasPrefix(opening) else { return description }
        let rest = description.dropFirst(opening.count)
        guard let colon = rest.firstIndex(of: ":") else { return String(rest) }
        let subject = rest[..<colon]
        return "in this \(subject): \(rest[rest.index(after: colon)...].drop { $0 == " " })"
    }
}
