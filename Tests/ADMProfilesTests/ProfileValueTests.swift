import ADMModel
import ADMProfiles
import Testing

/// Types and values in files.
struct ProfileValueTests {
    private func value(_ text: String) throws -> SettingValue? {
        let name = String(text.prefix { $0 != " " })
        return try ProfileFile.parse(text: text, path: "p").value(of: name)
    }

    @Test(
        arguments: [
            ("directory = \"/data/x\"", SettingValue.text("/data/x")),
            ("directory = \"~/x\"", .text("~/x")), ("directory = \"\"", .unset),
            ("if-exists = 'skip'", .text("skip")), ("max-connections = 64", .number(64)),
            ("max-connections = 0x10", .number(16)),
            ("min-segment-size = 65536", .bytes(ByteCount(65_536))),
            ("min-segment-size = \"1.5 MiB\"", .bytes(ByteCount(1_572_864))),
            ("min-free-space = 0", .bytes(ByteCount(0))),
            ("limit-rate = \"2 MiB/s\"", .rate(Rate(ByteCount(2_097_152)))),
            ("limit-rate = \"500k\"", .rate(Rate(ByteCount(512_000)))),
            ("limit-rate = \"10MB/s\"", .rate(Rate(ByteCount(10_000_000)))),
            ("limit-rate = \"10 MiB/s\"", .rate(Rate(ByteCount(10_485_760)))),
            ("limit-rate = 1_000", .rate(Rate(ByteCount(1000)))),
            ("limit-rate = 0", .rate(Rate(ByteCount(0)))),
            ("retry-wait = 2", .duration(.seconds(2))),
            ("retry-wait = 0.25", .duration(.milliseconds(250))),
            ("retry-wait-max = \"1m30s\"", .duration(.seconds(90))),
            ("connect-timeout = \"1d\"", .duration(.seconds(86_400))),
            ("proxy = \"http://Proxy.example:3128/\"", .text("http://Proxy.example:3128")),
            ("proxy = \"socks5://[::1]:1080\"", .text("socks5://[::1]:1080")),
            ("proxy = ''", .unset), ("no-proxy = ['a', '.b', '*']", .list(["a", ".b", "*"])),
            ("no-proxy = []", .list([])), ("ca-file = '/etc/x.pem'", .text("/etc/x.pem")),
            ("user-agent = \"curl/8 (é)\"", .text("curl/8 (é)")),
            ("max-redirects = 0", .number(0)), ("progress = 'json'", .text("json")),
            ("color = 'never'", .text("never")), ("quiet = true", .boolean(true)),
            ("extends = 'metered'", .text("metered")), ("extends = ''", .unset),
        ]
    )
    func `a right value is read`(text: String, expected: SettingValue) throws {
        #expect(try value(text) == expected)
    }

    @Test func `header fields are read with name and value`() throws {
        let field = try HeaderField(name: "Accept-Language", value: "en")
        #expect(try value("header = ['Accept-Language:  en']") == .headers([field]))
    }

    @Test(
        arguments: [
            ("max-connections = \"8\"", "must be a whole number, this is a string"),
            ("max-connections = 8.0", "must be a whole number, this is a number with a fraction"),
            ("max-connections = [8]", "must be a whole number, this is a list"),
            ("max-connections = {a = 8}", "must be a whole number, this is a table"),
            ("max-connections.a = 8", "must be a whole number, this is a table"),
            ("retries = true", "must be a whole number, this is true or false"),
            ("retries = 2026-01-01", "must be a whole number, this is a date"),
            ("retries = 10:00:00", "must be a whole number, this is a time of day"),
            (
                "retries = 2026-01-01T10:00:00Z",
                "must be a whole number, this is a date with a time"
            ),
            ("if-exists = 1", "must be a string, this is a whole number"),
            ("directory = false", "must be a string, this is true or false"),
            ("min-segment-size = 1e6", "must be a whole number or a string, this is a number with"),
            ("limit-rate = []", "must be a whole number or a string, this is a list"),
            ("retry-wait = false", "must be a whole number or a string, this is true or false"),
            ("quiet = \"true\"", "must be true or false, this is a string"),
            ("quiet = 1", "must be true or false, this is a whole number"),
            ("no-proxy = \"a\"", "must be a list of strings, this is a string"),
            ("header = {a = 'b'}", "must be a list of strings, this is a table"),
            ("extends = []", "must be a string, this is a list"),
        ]
    )
    func `CF1 a wrong type is called by its name, at the key`(text: String, message: String) throws
    {
        let found = try failure { try ProfileFile.parse(text: "\n  \(text)", path: "/p.toml") }
        let problem = try #require(found)
        let key = text.prefix { $0 != " " && $0 != "." }
        #expect(problem.code == .configuration)
        #expect(
            problem.message.hasPrefix("/p.toml:2:3: \(key) \(message)"),
            "\(problem.message)"
        )
    }

    @Test(
        arguments: [
            ("max-connections = 0", "must be a whole number from 1 to 64, this is 0"),
            ("max-connections = -1", "must be a whole number from 1 to 64, this is -1"),
            (
                "max-connections = 1000000000",
                "must be a whole number from 1 to 64, this is 1000000000"
            ),
            ("max-concurrent = 65", "must be a whole number from 1 to 64, this is 65"),
            ("retries = 1001", "must be a whole number from 0 to 1000, this is 1001"),
            ("max-redirects = 51", "must be a whole number from 0 to 50, this is 51"),
            ("min-segment-size = 65535", "must be a size from 64 KiB to 1 EiB, this is 65535"),
            ("min-segment-size = \"1k\"", "must be a size from 64 KiB to 1 EiB, this is \"1k\""),
            (
                "min-free-space = \"lots\"",
                "must be a size such as 1048576 or \"64 MiB\", at most 1 EiB, this is \"lots\""
            ),
            (
                "min-free-space = -1",
                "must be a size such as 1048576 or \"64 MiB\", at most 1 EiB, this is -1"
            ),
            (
                "limit-rate = -1",
                "must be a rate such as \"2 MiB/s\", \"500k\", 0 for no limit, or"
            ),
            ("limit-rate = \"2 MiB/h\"", "must be a rate such as"),
            (
                "retry-wait = -1",
                "must be a duration from 0s to 1d, such as \"30s\" or \"1m30s\", this is -1"
            ),
            ("retry-wait = inf", "must be a duration from 0s to 1d"),
            ("retry-wait = nan", "must be a duration from 0s to 1d"),
            ("retry-wait = 9223372036854775807", "must be a duration from 0s to 1d"),
            ("retry-wait-max = \"2d\"", "must be a duration from 0s to 1d"),
            ("connect-timeout = 0", "must be a duration from 1ms to 1d"),
            ("idle-timeout = \"soon\"", "must be a duration from 1ms to 1d"),
            (
                "if-exists = \"skp\"",
                "must be one of skip, overwrite, error, rename, this is \"skp\""
            ),
            ("progress = \"Bar\"", "must be one of auto, bar, plain, json, none, this is \"Bar\""),
            ("color = \"\"", "must be one of auto, always, never, this is \"\""),
            (
                "directory = \"downloads\"",
                "must be an absolute path or one that begins with ~/, this is"
            ),
            (
                "directory = \"$HOME/x\"",
                "must be an absolute path or one that begins with ~/, this is"
            ),
            ("ca-file = \"~bob/x\"", "must be a path, this is \"~bob/x\""),
            ("directory = \"/a\\nb\"", "must be a path without control characters, this is"),
            ("user-agent = \"\"", "must be one line of text, not empty"),
            ("user-agent = \"a\\r\\nX: y\"", "must be one line of text, not empty"),
            ("proxy = \"proxy:3128\"", "must be a URL http://HOST:PORT or socks5://HOST:PORT"),
            ("proxy = \"https://p:3128\"", "must be a URL http://HOST:PORT or socks5://HOST:PORT"),
            ("proxy = \"http://p\"", "must be a URL http://HOST:PORT or socks5://HOST:PORT"),
            ("proxy = \"http://p:0\"", "must be a URL http://HOST:PORT or socks5://HOST:PORT"),
            ("proxy = \"http://p:70000\"", "must be a URL http://HOST:PORT or socks5://HOST:PORT"),
            ("proxy = \"http://p:1/x\"", "must be a URL http://HOST:PORT or socks5://HOST:PORT"),
            ("extends = \"meterd\"", "there is no template \"meterd\""),
        ]
    )
    func `CF3 CF4 a value that is not allowed is told with what is`(
        text: String,
        message: String
    ) throws {
        let found = try failure { try ProfileFile.parse(text: "# c\n\(text)\n", path: "/p.toml") }
        let problem = try #require(found)
        let key = text.hasPrefix("extends") ? "" : "\(text.prefix { $0 != " " }) "
        #expect(problem.code == .configuration)
        #expect(problem.message.hasPrefix("/p.toml:2:1: \(key)\(message)"), "\(problem.message)")
    }

    @Test(
        arguments: [
            ("if-exists = \"skp\"", "did you mean \"skip\"?"),
            ("no-proxy = \"a\"", "put it into brackets: [\"…\"]"),
            ("directory = \"$HOME/x\"", "variables are not expanded in files"),
            ("extends = \"meterd\"", "did you mean metered?"),
            ("extends = \"zzz\"", "the templates are archive, bulk, ci, default, metered"),
            ("proxy = \"http://p\"", "the port is missing or not one of 1 to 65535"),
        ]
    )
    func `a wrong value comes with the remedy`(text: String, hint: String) throws {
        let found = try failure { try ProfileFile.parse(text: text, path: "p") }
        #expect(found?.hint == hint)
    }

    @Test func `an item of a list is told at its own place`() throws {
        let number = try failure {
            try ProfileFile.parse(text: "header = [\n  'A: b',\n  3,\n]", path: "p")
        }
        #expect(
            number?.message == "p:3:3: header must be a list of strings, item 2 is a whole number"
        )
        let colon = try failure {
            try ProfileFile.parse(text: "header = ['A: b', 'oops']", path: "p")
        }
        #expect(
            colon?.message == "p:1:19: header must be a list of \"Name: value\" strings,"
                + " item 2 is none: a header field needs a colon"
        )
        let host = try failure {
            try ProfileFile.parse(text: "no-proxy = ['a',\n'10.0.0.0/8']", path: "p")
        }
        #expect(
            host?.message
                == "p:2:1: no-proxy must be a list of host names, item 2 is \"10.0.0.0/8\""
        )
    }

    @Test func `a long value is shown short`() throws {
        let text = "if-exists = \"\(String(repeating: "x", count: 5000))\""
        let problem = try #require(try failure { try ProfileFile.parse(text: text, path: "p") })
        #expect(problem.message.count < 250)
    }

    @Test func `limits by time are a list of tables`() throws {
        let text = """
            limit-rate = [
                { hours = "08:00-18:00", days = "mon-fri", rate = "2 MiB/s" },
                { days = "sat,sun", rate = 0 },
                { rate = "500k" },
            ]
            """
        let file = try ProfileFile(path: "/p.toml", text: text)
        let value = try #require(try file.value(of: "limit-rate"))
        let rate = try #require(
            Rate(parsing: "2MiB/s 08:00-18:00 mon-fri; 0 00:00-24:00 sat-sun; 500k")
        )
        #expect(value == .rate(rate))
        // Written again, it says the same.
        let again = try ProfileFile(path: "/p.toml", text: "limit-rate = \(value.toml)")
        #expect(try again.value(of: "limit-rate") == value)
    }

    @Test(
        arguments: [
            ("limit-rate = [1]", "must be a table"),
            ("limit-rate = [{ hours = \"8-18\", rate = 1 }]", "must be hours"),
            (
                "limit-rate = [{ days = \"workdays\", rate = 1 }]",
                "must be days"
            ),
            ("limit-rate = [{ hours = \"08:00-18:00\" }]", "without a rate"),
            ("limit-rate = [{ rat = 1 }]", "with \"rat\""),
            ("limit-rate = [{ rate = [] }]", "must be a whole number or a string"),
        ]
    )
    func `CF3 a wrong limit by time is told with its place`(text: String, reason: String) throws {
        let problem = try #require(
            try failure { _ = try ProfileFile(path: "/p.toml", text: "\n\(text)\n") }
        )
        #expect(problem.message.hasPrefix("/p.toml:2:15: limit-rate has a wrong item 1: "))
        #expect(problem.message.contains(reason))
    }
}
