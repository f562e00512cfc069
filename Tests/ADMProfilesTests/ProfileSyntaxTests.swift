import ADMModel
import ADMProfiles
import Testing

/// Texts that are no TOML, or that the parser must not see.
struct ProfileSyntaxTests {
    private func problem(_ text: String) throws -> Failure {
        try #require(
            try failure { try ProfileFile.parse(text: text, path: "/h/p.toml") },
            "\(text)"
        )
    }

    @Test(
        arguments: [
            ("max-connections = ", "1:19: in this key-value pair: encountered end-of-file"),
            ("quiet = true\nretries", "2:8: in this key-value pair: encountered end-of-file"),
            ("retries 4", "1:9: in this key-value pair: expected '=', saw '4'"),
            (
                "= 4",
                "1:1: in this root table: expected keys, tables, whitespace or comments, saw '='"
            ),
            ("quiet = true\nproxy = \"x", "2:11: in this string: encountered end-of-file"),
            ("user-agent = \"\\q\"", "1:16: in this string: unknown escape sequence '\\q'"),
            ("a = 1\rb = 2", "1:5: this is not a TOML value"),
            ("no-proxy = [\"a\"\n \"b\"]", "2:2: a comma or ] is expected here"),
            ("no-proxy = [\"a\",, \"b\"]", "1:17: a value or ] is expected here"),
            ("x = {a 1}", "1:8: = is expected here"),
            ("x = {a = 1", "1:11: in this inline table: encountered end-of-file"),
            ("x = {a = }", "1:10: a value is expected here"),
            ("x = {, a = 1}", "1:6: a key or } is expected here"),
            ("x = [1}", "1:7: a comma or ] is expected here"),
            ("if-exists = skip", "1:13: this is not a TOML value"),
            ("retries = 1979-05-27Tinf", "1:11: this is not a TOML value"),
            ("retries = 1 2", "1:11: this is not a TOML value"),
            ("retries = 007", "1:14: in this decimal integer: leading zeroes are prohibited"),
            ("# a\u{1}\n", "1:4: in this comment: control characters other than TAB (U+0009) are"),
            ("[[[", "1:3: a table needs a name made of A-Z a-z 0-9 - _"),
            ("\n[é]", "2:2: a table needs a name made of A-Z a-z 0-9 - _"),
            ("[", "1:2: a table needs a name"),
            ("[a\nb = 1", "1:3: in this table header: expected ']'"),
        ]
    )
    func `CF1 a syntax error has its line and column`(text: String, message: String) throws {
        let problem = try problem(text)
        #expect(problem.code == .configuration)
        #expect(problem.message.hasPrefix("/h/p.toml:\(message)"), "\(problem.message)")
        #expect(!problem.message.contains("\n"))
    }

    @Test func `CF1 the first mistake of several is told`() throws {
        #expect(try problem("a = \"\\q\"\n[[[").message.hasPrefix("/h/p.toml:1:7:"))
        #expect(try problem("[[[\na = \"\\q\"").message.hasPrefix("/h/p.toml:1:3:"))
        #expect(try problem("a = \"\\q\"\nb = x").message.hasPrefix("/h/p.toml:1:7:"))
        #expect(try problem("x y\n[[[").message.hasPrefix("/h/p.toml:1:3:"))
    }

    @Test func `a text without quotes is explained and not shown`() throws {
        let problem = try problem("header = [Authorization: Bearer hunter2]")
        #expect(problem.message == "/h/p.toml:1:11: this is not a TOML value")
        #expect(problem.hint == "a text stands in quotes")
        #expect(!problem.description.contains("hunter2"))
    }

    @Test func `CF1 a key that is set twice is told with both lines`() throws {
        #expect(
            try problem("retries = 1\n# x\n  \"retries\" = 2").message
                == "/h/p.toml:3:3: retries is set twice, first on line 1"
        )
    }

    @Test func `CF1 a NUL is refused, raw and escaped`() throws {
        #expect(
            try problem("a = 1\nb = 'x\u{0}'").message
                == "/h/p.toml:2:7: a NUL character is not allowed"
        )
        for escape in ["\\u0000", "\\U00000000"] {
            #expect(
                try problem("quiet = true\nproxy = \"é\(escape)\"").message
                    == "/h/p.toml:2:11: a NUL character is not allowed, even escaped"
            )
            #expect(try problem("\"a\(escape)\" = 1").message.hasPrefix("/h/p.toml:1:3: a NUL"))
        }
        let literal = "user-agent = 'x\\u0000'\nheader = [\"X-A: \\\\u0000\"]"
        #expect(try ProfileFile.parse(text: literal, path: "p").names.count == 2)
    }

    @Test func `a byte-order mark and CRLF are accepted`() throws {
        let text = "\u{FEFF}retries = 3\r\n# note\r\nno-proxy = [\r\n  'a',\r\n]\r\n"
        let file = try ProfileFile.parse(text: text, path: "p")
        #expect(try file.value(of: "retries") == .number(3))
        #expect(try file.value(of: "no-proxy") == .list(["a"]))
        #expect(file.position(of: "retries") == SourcePosition(line: 1, column: 1))
        #expect(file.position(of: "no-proxy") == SourcePosition(line: 3, column: 1))
        let wrong = "\u{FEFF}retries = 'x'\r\n"
        #expect(try problem(wrong).message.hasPrefix("/h/p.toml:1:1: retries must be"))
    }

    @Test func `CF1 deep nesting is refused`() throws {
        let keys = Array(repeating: "a", count: 100_000).joined(separator: ".")
        #expect(try problem("\(keys) = 1").message.hasSuffix("1:1: the key has too many parts"))
        #expect(try problem("[\(keys)]").message.hasSuffix("1:2: the key has too many parts"))
        #expect(try problem("x = {\(keys) = 1}").message.hasSuffix("the key has too many parts"))
        for bracket in ["[", "{a="] {
            let opened = String(repeating: bracket, count: 100_000)
            #expect(try problem("x = \(opened)").message.contains(":1:"))
        }
        let lists = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        #expect(try problem("x = \(lists)").message.contains(":1:"))
    }

    @Test func `CF1 a text of a hundred thousand keys is refused at the first of them`() throws {
        let keys = (0..<100_000).map { "k\($0)=1\n" }.joined()
        #expect(try problem(keys).message == "/h/p.toml:1:1: unknown key \"k0\"")
    }

    @Test func `an empty text is an empty profile`() throws {
        for text in ["", "\n\n", "# nothing", "\u{FEFF}"] {
            #expect(try ProfileFile.parse(text: text, path: "p").names.isEmpty)
        }
    }
}
