import ADMModel
import ADMProfiles
import Foundation
import Testing

/// Changing single settings in a text.
struct ProfileEditorTests {
    private func set(_ key: String, _ values: String..., in text: String) throws -> String {
        try ProfileEditor.set(key, to: values, in: text)
    }

    @Test func `a value is replaced at its place and everything else stays`() throws {
        let text = """
            # my link
            retries   =   3   # few
              max-connections = 4# odd

            quiet = true
            """
        #expect(
            try set("retries", "5", in: text)
                == text.replacingOccurrences(of: "=   3   #", with: "=   5   #")
        )
        #expect(
            try set("max-connections", "16", in: text)
                == text.replacingOccurrences(of: "= 4#", with: "= 16#")
        )
        #expect(
            try set("quiet", "no", in: text).hasSuffix("quiet = false")
        )
    }

    @Test(
        arguments: [
            ("max-connections", ["4"], "4"), ("min-segment-size", ["65536"], "65536"),
            ("min-segment-size", ["1 MiB"], "\"1 MiB\""), ("retry-wait", ["5"], "5"),
            ("retry-wait", ["5s"], "\"5s\""), ("retry-wait", ["0.5"], "\"0.5\""),
            ("limit-rate", ["0"], "0"), ("limit-rate", ["2 MiB/s"], "\"2 MiB/s\""),
            ("quiet", ["yes"], "true"), ("if-exists", ["skip"], "\"skip\""),
            ("directory", ["~/a \"b\"\\c"], "\"~/a \\\"b\\\"\\\\c\""), ("directory", [""], "\"\""),
            ("user-agent", ["a\tb"], nil), ("user-agent", ["é"], "\"é\""),
            ("proxy", ["http://p:1/"], "\"http://p:1\""),
            ("header", ["A: b", "C:  'd'"], "[\"A: b\", \"C:  'd'\"]"), ("header", [], "[]"),
            ("no-proxy", ["a,.b", "c"], "[\"a\", \".b\", \"c\"]"), ("extends", ["ci"], "\"ci\""),
        ] as [(String, [String], String?)]
    )
    func `the type decides how a value is written`(
        key: String,
        values: [String],
        literal: String?
    ) throws {
        guard let literal else {
            #expect(throws: Failure.self) { try ProfileEditor.set(key, to: values, in: "") }
            return
        }
        #expect(try ProfileEditor.set(key, to: values, in: "") == "\(key) = \(literal)\n")
    }

    @Test func `a new key goes behind the comment that shows it`() throws {
        let text = """
            # retries are good.
            #   retries-of-others = 3
            # retries = 10
            # more about it

            #retry-wait = "1s"
            """
        #expect(
            try set("retries", "5", in: text)
                == text.replacingOccurrences(
                    of: "retries = 10\n",
                    with: "retries = 10\nretries = 5\n"
                )
        )
        #expect(try set("retry-wait", "2s", in: text) == text + "\nretry-wait = \"2s\"\n")
    }

    @Test func `a comment inside a value or behind a key shows nothing`() throws {
        let text = "no-proxy = [\n  # retries = 10\n  'a',\n]\nquiet = true # retries = 1\n"
        #expect(try set("retries", "5", in: text) == text + "retries = 5\n")
        let string = "user-agent = 'x' # y\nheader = ['A: # retries = 10']"
        #expect(try set("retries", "5", in: string) == string + "\nretries = 5\n")
    }

    @Test func `a new key without an example goes to the end`() throws {
        #expect(try set("retries", "5", in: "") == "retries = 5\n")
        #expect(try set("retries", "5", in: "\u{FEFF}") == "\u{FEFF}retries = 5\n")
        #expect(try set("retries", "5", in: "quiet = true") == "quiet = true\nretries = 5\n")
        #expect(
            try set("retries", "5", in: "quiet = true\n\n# end\n").hasSuffix("# end\nretries = 5\n")
        )
    }

    @Test func `CRLF and a byte-order mark stay`() throws {
        let text = "\u{FEFF}# note\r\nquiet = true\r\n# retries = 10\r\n# end\r\n"
        let added = try set("retries", "5", in: text)
        #expect(
            added == "\u{FEFF}# note\r\nquiet = true\r\n# retries = 10\r\nretries = 5\r\n# end\r\n"
        )
        #expect(try ProfileEditor.unset("retries", in: added) == text)
    }

    @Test func `comments inside a list that is replaced move above it`() throws {
        let text = """
            # hosts
            no-proxy = [ # inside
              'a', # the first
              # the last
              'b#c',
            ] # all
            quiet = true
            """
        let plain = text.replacingOccurrences(of: "'b#c'", with: "'b.c'")
        #expect(
            try set("no-proxy", "x", in: plain)
                == """
                # hosts
                # inside
                # the first
                # the last
                no-proxy = ["x"] # all
                quiet = true
                """
        )
        #expect(
            try ProfileEditor.unset("no-proxy", in: plain)
                == "# hosts\n# inside\n# the first\n# the last\n# all\nquiet = true"
        )
    }

    @Test func `unset takes the line out and keeps its comment`() throws {
        let text = "quiet = true\n  retries = 3 # few\n\"retry-wait\" = 1\n"
        let first = try ProfileEditor.unset("retries", in: text)
        #expect(first == "quiet = true\n# few\n\"retry-wait\" = 1\n")
        #expect(try ProfileEditor.unset("retry-wait", in: first) == "quiet = true\n# few\n")
        #expect(try ProfileEditor.unset("quiet", in: "quiet = true") == "")
    }

    @Test func `unset of a key that is not there changes nothing`() throws {
        let text = "quiet = true # x"
        #expect(try ProfileEditor.unset("retries", in: text) == text)
        let problem = try failure { try ProfileEditor.unset("retires", in: text) }
        #expect(problem?.code == .configuration)
        #expect(problem?.message == "unknown key \"retires\"")
        #expect(problem?.hint == "did you mean retries?")
    }

    @Test func `a wrong profile can be mended key by key`() throws {
        #expect(try ProfileEditor.unset("foo", in: "foo = 1\nquiet = true\n") == "quiet = true\n")
        #expect(
            try ProfileEditor.unset("foo", in: "foo.a = 1\nfoo.b = 2\nquiet = true\n")
                == "quiet = true\n"
        )
        #expect(try set("retries", "3", in: "retries = 'x'\n") == "retries = 3\n")
        #expect(try ProfileEditor.unset("insecure", in: "insecure = true\n") == "")
    }

    @Test func `a string over several lines is replaced whole`() throws {
        let text = "user-agent = \"\"\"\\\n  a\"\"\"\"\" # x\nquiet = true\n"
        #expect(try set("user-agent", "b", in: text) == "user-agent = \"b\" # x\nquiet = true\n")
    }

    @Test func `a quoted key is the same key`() throws {
        #expect(try set("retries", "5", in: "'retries' = 3\n") == "'retries' = 5\n")
    }

    @Test func `what would not be right is not returned`() throws {
        let cases: [(String, [String], String, String)] = [
            ("retires", ["3"], "", "unknown key \"retires\""),
            ("insecure", ["true"], "", "insecure is not allowed in a profile"),
            ("retries", ["x"], "", "retries must be a whole number from 0 to 1000, this is \"x\""),
            ("retries", ["1", "2"], "", "retries takes one value"),
            ("retries", [], "", "retries takes one value"),
            (
                "directory", ["x"], "",
                "directory must be an absolute path or one that begins with ~/"
            ),
            (
                "header", ["Cookie: hunter2"], "",
                "header must hold no secret, item 1 is the field Cookie"
            ),
            ("proxy", ["http://u:hunter2@p:1"], "", "proxy must hold no user name or password"),
            ("extends", ["nix"], "", "profile.toml:1:1: there is no template \"nix\""),
            ("retries", ["3"], "quiet = ", "profile.toml:1:9: in this key-value pair"),
            ("retries", ["3"], "foo = 1", "profile.toml:1:1: unknown key \"foo\""),
            ("retries", ["3"], "\nquiet = 1", "profile.toml:2:1: quiet must be true or false"),
        ]
        for (key, values, text, message) in cases {
            let problem = try failure { try ProfileEditor.set(key, to: values, in: text) }
            #expect(problem?.code == .configuration)
            #expect(problem?.message.hasPrefix(message) == true, "\(problem?.message ?? "nothing")")
            #expect(problem?.description.contains("hunter2") == false)
        }
    }

    @Test func `config is edited by its own rules`() throws {
        #expect(
            try ProfileEditor.set("retries", to: ["3"], in: "", kind: .config) == "retries = 3\n"
        )
        let problem = try failure {
            try ProfileEditor.set("directory", to: ["/x"], in: "", kind: .config)
        }
        #expect(problem?.message == "directory is not allowed in config.toml")
        let path = try failure {
            try ProfileEditor.unset("retries", in: "quiet = ", kind: .config, path: "/c")
        }
        #expect(path?.message.hasPrefix("/c:1:9: ") == true)
    }

    @Test(arguments: Templates.names)
    func `every key can be set in every template and taken out again`(name: String) throws {
        let samples = [
            "extends": "ci", "directory": "/x", "if-exists": "error", "min-segment-size": "3 MiB",
            "retry-wait": "3s", "retry-wait-max": "3m", "max-retry-after": "3m",
            "connect-timeout": "3s",
            "idle-timeout": "3s", "first-byte-timeout": "3s", "total-timeout": "3s",
            "bind-address": "::1", "limit-rate": "3k", "proxy": "http://p:3", "no-proxy": "x",
            "ca-file": "/y", "user-agent": "z", "header": "A: b", "min-free-space": "3 MiB",
            "progress": "json", "color": "always", "quiet": "true",
            "paused": "true", "credential-store": "file", "credential-command": "pass show {host}",
            "credential-key-file": "/k", "private-addresses": "allow",
        ]
        let text = try Templates.text(name)
        let comments = text.split(separator: "\n").filter { $0.hasPrefix("#") }
        for setting in SettingsTable.keys(in: .profile) {
            let value = samples[setting.name, default: "3"]
            let changed = try set(setting.name, value, in: text)
            let file = try ProfileFile.parse(text: changed, path: "p")
            let wanted = try ProfileFile.parse(
                text: try set(setting.name, value, in: ""),
                path: "p"
            )
            #expect(try file.value(of: setting.name) == wanted.value(of: setting.name))
            #expect(changed.split(separator: "\n").filter { $0.hasPrefix("#") } == comments)
            let without = try ProfileEditor.unset(setting.name, in: changed)
            #expect(
                try ProfileFile.parse(text: without, path: "p").position(of: setting.name) == nil
            )
            #expect(without.split(separator: "\n").filter { $0.hasPrefix("#") } == comments)
            if name == "default" { #expect(without == text) }
        }
    }
}
