import ADMModel

extension SettingKind {
    /// What a value must be, for people.
    var wanted: String {
        switch self {
        case .path: "a path"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .wholeNumber(let range):
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .bytes(0): "a size such as 1048576 or \"64 MiB\", at most 1 EiB"
        case .bytes(let least):
            "a size from \(SettingKind.spelled(.bytes(ByteCount(least)))) to 1 EiB"
        case .rate:
            "a rate such as \"2 MiB/s\", \"500k\", 0 for no limit, or"
                + " \"2 MiB/s 08:00-18:00 mon-fri; 0\""
        case .duration(let range):
            "a duration from \(SettingKind.spelled(.duration(range.lowerBound))) to"
                + " \(SettingKind.spelled(.duration(range.upperBound))), such as \"30s\" or \"1m30s\""
        case .proxy: "a URL http://HOST:PORT or socks5://HOST:PORT"
        case .address: "an IP address such as \"192.0.2.7\" or \"2001:db8::7\""
        case .text: "one line of text"
        case .command: "a command with its arguments"
        case .hosts: "a list of host names"
        case .headers: "a list of \"Name: value\" strings"
        case .boolean: "true or false"
        case .template: "the name of a template"
        }
    }

    /// Reads the value from a TOML file.
    ///
    /// - Throws: ``SettingProblem`` for a wrong type or a value that is not allowed.
    func read(_ node: TOMLNode) throws(SettingProblem) -> SettingValue {
        switch (self, node) {
        case (.wholeNumber(let range), .integer(let number)):
            guard range.contains(number) else { throw .badValue(wanted, "\(number)") }
            return .number(number)
        case (.wholeNumber, _): throw .wrongType("a whole number", node)
        case (.bytes, .integer(let number)), (.rate, .integer(let number)):
            guard number >= 0, Int64(number) <= ByteCount.limit else {
                throw .badValue(wanted, "\(number)")
            }
            return try sized(ByteCount(Int64(number)), shown: "\(number)")
        case (.duration, .integer(let number)):
            return try timed(
                .milliseconds(number.multiplied(saturating: 1000)),
                shown: "\(number)"
            )
        case (.duration, .decimal(let number)):
            guard number.isFinite, abs(number) < 1e9 else { throw .badValue(wanted, "\(number)") }
            return try timed(.milliseconds(Int64(saturating: number * 1000)), shown: "\(number)")
        case (.boolean, .boolean(let flag)): return .boolean(flag)
        case (.boolean, _): throw .wrongType(wanted, node)
        case (.rate, .list(let nodes)):
            guard !nodes.isEmpty else { throw .wrongType("a whole number or a string", node) }
            return .rate(try Rate(tables: nodes))
        case (.hosts, .list(let nodes)), (.headers, .list(let nodes)):
            var texts: [String] = []
            for (index, item) in nodes.enumerated() {
                guard case .string(let text) = item else {
                    var problem = SettingProblem.wrongType(
                        "a list of strings",
                        item,
                        hint: "put the item into quotes"
                    )
                    problem.message = "must be a list of strings, item \(index + 1) is \(item.kind)"
                    problem.item = index
                    throw problem
                }
                texts.append(text)
            }
            return try items(texts, secrets: .refused)
        case (.hosts, _), (.headers, _):
            let hint = node.kind == "a string" ? "put it into brackets: [\"…\"]" : nil
            throw .wrongType("a list of strings", node, hint: hint)
        case (_, .string(let text)): return try scalar(text, paths: .absolute)
        case (.bytes, _), (.rate, _), (.duration, _):
            throw .wrongType("a whole number or a string", node)
        default: throw .wrongType("a string", node)
        }
    }

    /// Reads the value from words of a command line.
    ///
    /// The last word counts, unless the setting is a list; a host may be several with commas.
    func read(words: [String]) throws(SettingProblem) -> SettingValue {
        switch self {
        case .hosts: return try items(words.flatMap(SettingKind.hosts(in:)), secrets: .allowed)
        case .headers: return try items(words, secrets: .allowed)
        case .boolean where words.isEmpty: return .boolean(true)
        default: return try scalar(words.last ?? "", paths: .any)
        }
    }

    /// Reads the value of an environment variable: hosts between commas or blanks, a header field a
    /// line.
    func read(variable text: String) throws(SettingProblem) -> SettingValue {
        switch self {
        case .hosts: return try items(SettingKind.hosts(in: text), secrets: .refused)
        case .headers:
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            return try items(lines, secrets: .refused)
        default: return try scalar(text, paths: .any)
        }
    }

    /// Reads the value from words that are to stand in a file.
    func readForFile(_ words: [String]) throws(SettingProblem) -> SettingValue {
        switch self {
        case .hosts: try items(words.flatMap(SettingKind.hosts(in:)), secrets: .refused)
        case .headers: try items(words, secrets: .refused)
        default: try scalar(words.last ?? "", paths: .absolute)
        }
    }

    /// The hosts of a list with commas or blanks between them.
    static func hosts(in text: String) -> [String] {
        text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// A value as people read it, without quotes.
    static func spelled(_ value: SettingValue) -> String {
        value.toml.filter { $0 != "\"" }
    }
}
