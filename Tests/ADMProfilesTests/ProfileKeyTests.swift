import ADMModel
import ADMProfiles
import Testing

/// Which keys a file may hold, and what is never in a file.
struct ProfileKeyTests {
    private func problem(
        _ text: String,
        kind: ProfileFile.Kind = .profile
    ) throws -> Failure {
        let found = try failure { try ProfileFile.parse(text: text, path: "/p.toml", kind: kind) }
        return try #require(found, "\(text)")
    }

    @Test func `CF1 an unknown key is told with the nearest known one`() throws {
        let problem = try problem("retries = 3\n  max_connections = 4")
        #expect(problem.code == .configuration)
        #expect(problem.message == "/p.toml:2:3: unknown key \"max_connections\"")
        #expect(problem.hint == "did you mean max-connections?")
    }

    @Test func `an unknown key like no other points to the reference`() throws {
        #expect(try problem("colour-scheme-of-bars = 1").hint?.contains("docs/profiles.md") == true)
    }

    @Test(
        arguments: [
            ("[network]\nproxy = 'http://p:1'", "1:2: unknown key \"network\""),
            ("[[network]]", "1:3: unknown key \"network\""),
            ("network.proxy = 1", "1:1: unknown key \"network\""),
            ("\"Retries\" = 1", "1:1: unknown key \"Retries\""),
            ("\"\" = 1", "1:1: unknown key \"\""),
            ("quiet = true\n'a b' = 1", "2:1: unknown key \"a b\""),
        ]
    )
    func `CF1 an unknown table or dotted key has its place`(text: String, message: String) throws {
        #expect(try problem(text).message == "/p.toml:\(message)")
    }

    @Test func `of several mistakes the first in the text is told`() throws {
        let text = "retries = 'x'\nfoo = 1\nbar = 2"
        #expect(try problem(text).message.hasPrefix("/p.toml:2:1: unknown key"))
        let values = "retry-wait = 'x'\nheader = [1]\nretries = 'x'"
        #expect(try problem(values).message.hasPrefix("/p.toml:1:1: retry-wait must"))
    }

    @Test func `insecure is refused in files, whatever its value`() throws {
        for text in ["insecure = true", "insecure = false", "insecure = 'x'"] {
            for kind in [ProfileFile.Kind.profile, .config] {
                let problem = try problem(text, kind: kind)
                #expect(problem.message.hasPrefix("/p.toml:1:1: insecure is not allowed in "))
                #expect(problem.hint?.contains("--insecure") == true)
            }
        }
    }

    @Test func `config refuses directory and extends and says why`() throws {
        let directory = try problem("directory = '/x'", kind: .config)
        #expect(directory.message == "/p.toml:1:1: directory is not allowed in config.toml")
        #expect(directory.hint == "each workspace has a directory of its own")
        let extends = try problem("quiet = true\nextends = 'ci'", kind: .config)
        #expect(extends.message == "/p.toml:2:1: extends is not allowed in config.toml")
        #expect(
            try ProfileFile.parse(text: "retries = 1", path: "c", kind: .config).names == [
                "retries"
            ]
        )
    }

    @Test(
        arguments: [
            "Authorization: Bearer hunter2", "cookie: hunter2", "X-Api-Key: hunter2",
            "Proxy-Authorization: Basic hunter2",
        ]
    )
    func `a secret header field is refused in files and not shown`(field: String) throws {
        let problem = try problem("header = [\"A: b\",\n \"\(field)\"]")
        let name = field.prefix { $0 != ":" }
        #expect(
            problem.message
                == "/p.toml:2:2: header must hold no secret, item 2 is the field \(name)"
        )
        #expect(problem.hint?.contains("credentials never go into a profile") == true)
        #expect(!problem.description.contains("hunter2"))
    }

    @Test func `a proxy with a password is refused and not shown`() throws {
        let problem = try problem("proxy = \"http://bob:hunter2@p.example:3128\"")
        #expect(
            problem.message == "/p.toml:1:1: proxy must hold no user name or password,"
                + " this is \"http://***@p.example:3128\""
        )
        #expect(!problem.description.contains("hunter2"))
        #expect(!problem.description.contains("bob"))
        for scheme in ["https", "socks4"] {
            let other = try self.problem("proxy = \"\(scheme)://bob:hunter2@p:1\"")
            #expect(!other.description.contains("hunter2"))
        }
    }

    @Test func `read for its structure a file keeps what is wrong with a value`() throws {
        let text = "header = ['x']\nretries = 'x'\nquiet = true"
        let file = try ProfileFile.parse(text: text, path: "p", checking: .structure)
        #expect(
            file.problems.map { $0.message.prefix(5) } == ["p:1:1", "p:2:1"].map { $0.prefix(5) }
        )
        #expect(try file.value(of: "quiet") == .boolean(true))
        #expect(try file.value(of: "proxy") == nil)
        #expect(
            try failure { try file.value(of: "retries") as Any }?.message.hasPrefix("p:2:1") == true
        )
        #expect(try failure { try file.validate() } == file.problems.first)
    }

    @Test(arguments: ["a = ", "foo = 1", "insecure = true", "extends = 3"])
    func `read for its structure a file still must have the right keys`(text: String) throws {
        let found = try failure {
            try ProfileFile.parse(text: text, path: "p", checking: .structure)
        }
        #expect(found?.code == .configuration)
    }
}
