/// What a `.netrc` file says of one host.
struct NetrcEntry {
    /// The host as written; nil for `default`, and if the name is missing.
    var host: String?
    /// The user name.
    var login: String?
    /// The password, in whatever encoding the file has.
    var password: [UInt8]?
    /// Why the entry must not be used.
    var problem: (line: Int, reason: String)?
}

/// Takes a `.netrc` file apart.
///
/// A comment begins with `#` in the place of a keyword; in a value it is data. A keyword never counts as
/// the value of another one, so that what is missing in one entry is not taken from the next.
struct NetrcParser {
    private enum Keyword: String {
        case machine, login, password, account, macdef
        case standard = "default"
    }

    private struct Token {
        let bytes: [UInt8]
        let line: Int
        let isQuoted: Bool

        var text: String? { String(validating: bytes, as: UTF8.self) }
        var keyword: Keyword? { isQuoted ? nil : text.flatMap { Keyword(rawValue: $0) } }
    }

    /// A quote that does not end on its line.
    private struct OpenQuote: Error {
        let line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The entries in their order; those of `default` are left out.
    mutating func entries() -> [NetrcEntry] {
        var entries: [NetrcEntry] = []
        var entry: NetrcEntry?
        func finish() {
            if let entry, entry.host != nil { entries.append(entry) }
        }
        while true {
            do throws(OpenQuote) {
                guard let token = try next(isValue: false) else { break }
                switch token.keyword {
                case .machine:
                    finish()
                    entry = NetrcEntry()
                    entry?.host = try value()?.text
                case .standard:
                    finish()
                    entry = NetrcEntry()
                case .macdef:
                    finish()
                    entry = nil
                    skipMacro()
                case .account: _ = try value()
                case .login: take(try value(), of: token, into: &entry)
                case .password: take(try value(), of: token, into: &entry)
                case nil: continue
                }
            } catch {
                skipLine()
                note("a quote has no end", error.line, in: &entry)
            }
        }
        finish()
        return entries
    }

    private func take(_ value: Token?, of keyword: Token, into entry: inout NetrcEntry?) {
        guard entry != nil else { return }
        let name = keyword.keyword ?? .login
        guard let value else {
            return note("\(name.rawValue) has no value", keyword.line, in: &entry)
        }
        let isFirst = name == .login ? entry?.login == nil : entry?.password == nil
        guard isFirst else {
            return note("a second \(name.rawValue) for one machine", keyword.line, in: &entry)
        }
        if name == .password {
            entry?.password = value.bytes
        } else if let text = value.text {
            entry?.login = text
        } else {
            note("the login is not text in UTF-8", value.line, in: &entry)
        }
    }

    /// The first problem of an entry counts.
    private func note(_ reason: String, _ line: Int, in entry: inout NetrcEntry?) {
        if entry?.problem == nil { entry?.problem = (line, reason) }
    }

    // MARK: - Tokens

    /// The value of a keyword; nil if the next token is a keyword or there is none.
    private mutating func value() throws(OpenQuote) -> Token? {
        let beginning = (position, line)
        guard let token = try next(isValue: true) else { return nil }
        guard token.keyword == nil else {
            (position, line) = beginning
            return nil
        }
        return token
    }

    /// The next token; nil at the end of the file.
    private mutating func next(isValue: Bool) throws(OpenQuote) -> Token? {
        while let byte = peek {
            if NetrcParser.isSpace(byte) {
                advance()
            } else if byte == UInt8(ascii: "#"), !isValue {
                skipLine()
            } else {
                return byte == UInt8(ascii: "\"") ? try quoted() : plain()
            }
        }
        return nil
    }

    private mutating func plain() -> Token {
        let start = position
        while let byte = peek, !NetrcParser.isSpace(byte) { advance() }
        return Token(bytes: Array(bytes[start..<position]), line: line, isQuoted: false)
    }

    /// Text in quotes: a backslash takes the next byte as it is, but for `\n`, `\r` and `\t`.
    private mutating func quoted() throws(OpenQuote) -> Token {
        advance()
        var text: [UInt8] = []
        while let byte = peek, byte != 0x0A {
            advance()
            switch byte {
            case UInt8(ascii: "\""): return Token(bytes: text, line: line, isQuoted: true)
            case UInt8(ascii: "\\"):
                guard let escaped = peek, escaped != 0x0A else { throw OpenQuote(line: line) }
                advance()
                text.append(NetrcParser.escapes[escaped] ?? escaped)
            default: text.append(byte)
            }
        }
        throw OpenQuote(line: line)
    }

    /// A macro ends with an empty line, or with the file.
    private mutating func skipMacro() {
        skipLine()
        while peek != nil {
            let start = position
            skipLine()
            if bytes[start..<position].allSatisfy(NetrcParser.isSpace) { return }
        }
    }

    private mutating func skipLine() {
        while let byte = peek {
            advance()
            if byte == 0x0A { return }
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if bytes[position] == 0x0A { line += 1 }
        position += 1
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
