import ADMModel
import ADMProfiles
import Testing

/// Which layer speaks first.
struct SettingsResolutionTests {
    private func profile(_ text: String) throws -> ProfileFile {
        try ProfileFile.parse(text: text, path: "/w/profile.toml", checking: .structure)
    }

    private func config(_ text: String) throws -> ProfileFile {
        try ProfileFile.parse(
            text: text,
            path: "/h/config.toml",
            kind: .config,
            checking: .structure
        )
    }

    private func resolve(
        flags: [String: [String]] = [:],
        environment: [String: String] = [:],
        profile: ProfileFile? = nil,
        config: ProfileFile? = nil,
        templates: TemplateSet = .shipped
    ) throws -> EffectiveSettings {
        try SettingsResolution.resolve(
            flags: flags,
            environment: environment,
            profile: profile,
            config: config,
            templates: templates,
            workingDirectory: "/cwd"
        )
    }

    private func entry(_ name: String, _ settings: EffectiveSettings) throws -> EffectiveSetting {
        try #require(settings.entries.first { $0.name == name })
    }

    @Test func `flag beats variable beats profile beats template beats config beats built-in`()
        throws
    {
        let templates = TemplateSet([
            "low": "\nextends = 'lower'\nretries = 4", "lower": "retries = 5",
        ])
        let top = try profile("extends = 'low'\nretries = 3")
        let bare = try profile("# nothing\nextends = 'low'")
        let chained = TemplateSet(["low": "extends = 'lower'", "lower": "\n\nretries = 5"])
        let low = try config("\nretries = 6")
        let environment = ["ADM_RETRIES": "2"]
        let steps: [(Int, String, EffectiveSettings)] = [
            (
                1, "--retries",
                try resolve(
                    flags: ["retries": ["1"]],
                    environment: environment,
                    profile: top,
                    config: low,
                    templates: templates
                )
            ),
            (
                2, "ADM_RETRIES",
                try resolve(
                    environment: environment,
                    profile: top,
                    config: low,
                    templates: templates
                )
            ),
            (
                3, "/w/profile.toml:2",
                try resolve(profile: top, config: low, templates: templates)
            ),
            (4, "template low:3", try resolve(profile: bare, config: low, templates: templates)),
            (5, "template lower:3", try resolve(profile: bare, config: low, templates: chained)),
            (6, "/h/config.toml:2", try resolve(profile: try profile(""), config: low)),
            (10, "built-in", try resolve(profile: try profile(""), config: try config(""))),
        ]
        for (retries, origin, settings) in steps {
            #expect(settings.transfer.retry.limit == retries)
            #expect(try entry("retries", settings).value == "\(retries)")
            #expect(try entry("retries", settings).origin.description == origin)
        }
    }

    @Test func `an empty variable counts as unset`() throws {
        let settings = try resolve(
            environment: ["ADM_RETRIES": "", "ADM_PROXY": "", "ADM_INSECURE": ""],
            profile: try profile("retries = 3")
        )
        #expect(settings.transfer.retry.limit == 3)
    }

    @Test func `a wrong value that a higher layer overrules is not judged`() throws {
        let low = try profile("retries = 'many'\nextends = 'bad'")
        let templates = TemplateSet(["bad": "max-connections = 'x'\nquiet = 3"])
        let settings = try resolve(
            flags: ["retries": ["1"]],
            environment: ["ADM_RETRIES": "lots", "ADM_MAX_CONNECTIONS": "3", "ADM_QUIET": "yes"],
            profile: low,
            config: try config("retries = {}\nmax-connections = 'y'"),
            templates: templates
        )
        #expect(settings.transfer.retry.limit == 1)
        #expect(settings.transfer.maxConnections == 3)
        #expect(try entry("quiet", settings).value == "true")
    }

    @Test func `a wrong value in the layer that counts is told with its place`() throws {
        let variable = try failure { try resolve(environment: ["ADM_RETRIES": "lots"]) }
        #expect(variable?.code == .configuration)
        #expect(
            variable?.message
                == "ADM_RETRIES must be a whole number from 0 to 1000, this is \"lots\""
        )
        let flag = try failure { try resolve(flags: ["limit-rate": ["fast"]]) }
        #expect(flag?.code == .usage)
        #expect(flag?.message.hasPrefix("--limit-rate must be a rate such as") == true)
        let file = try failure { try resolve(profile: try profile("\n retries = 'x'")) }
        #expect(
            file?.message
                == "/w/profile.toml:2:2: retries must be a whole number, this is a string"
        )
        let low = try failure { try resolve(config: try config("quiet = 'x'")) }
        #expect(low?.message.hasPrefix("/h/config.toml:1:1: quiet must be") == true)
        let templates = TemplateSet(["bad": "\n\n  quiet = 3"])
        let template = try failure {
            try resolve(profile: try profile("extends = 'bad'"), templates: templates)
        }
        #expect(template?.message.hasPrefix("template bad:3:3: quiet must be") == true)
    }

    @Test func `every setting can be given by flag and by variable`() throws {
        let words = [
            "directory": "/d", "if-exists": "error", "max-connections": "2",
            "min-segment-size": "64 KiB", "max-concurrent": "3", "retries": "0",
            "retry-wait": "250ms", "retry-wait-max": "1h", "max-retry-after": "2m",
            "connect-timeout": "1",
            "idle-timeout": "90", "first-byte-timeout": "7", "total-timeout": "1d",
            "bind-address": "192.0.2.7", "limit-rate": "3k", "proxy": "http://p:1",
            "no-proxy": "a, .b c",
            "ca-file": "/c.pem", "user-agent": "x y", "header": "A: b", "max-redirects": "1",
            "credential-store": "file", "credential-key-file": "/k",
            "min-free-space": "0", "progress": "json", "color": "never", "quiet": "true",
        ]
        var flags = words.mapValues { [$0] }
        flags["insecure"] = []
        let variables = Dictionary(
            uniqueKeysWithValues: words.map {
                (SettingsTable.setting($0.key)?.variable ?? "", $0.value)
            }
        )
        var expected = TransferSettings()
        expected.ifExists = .error
        expected.maxConnections = 2
        expected.minSegmentSize = ByteCount(65_536)
        expected.retry = RetryPolicy(limit: 0, base: 0.25, cap: 3600)
        expected.maxRetryAfter = .seconds(120)
        expected.connectTimeout = .seconds(1)
        expected.idleTimeout = .seconds(90)
        expected.firstByteTimeout = .seconds(7)
        expected.totalTimeout = .seconds(86_400)
        expected.bindAddress = "192.0.2.7"
        expected.limitRate = Rate(ByteCount(3072))
        expected.proxy = "http://p:1"
        expected.noProxy = ["a", ".b", "c"]
        expected.caFile = "/c.pem"
        expected.userAgent = "x y"
        expected.headers = [try HeaderField(name: "A", value: "b")]
        expected.maxRedirects = 1
        expected.minFreeSpace = ByteCount(0)
        for settings in [try resolve(flags: flags), try resolve(environment: variables)] {
            expected.insecure = try entry("insecure", settings).value == "true"
            #expect(settings.transfer == expected)
            #expect(settings.directory == "/d")
            #expect(settings.maxConcurrent == 3)
            #expect(settings.credentials == CredentialSettings(store: .file, keyFile: "/k"))
            #expect(settings.progress == .json)
            #expect(settings.color == .never)
            #expect(try entry("quiet", settings).value == "true")
        }
        let byFlag = try resolve(flags: flags)
        #expect(byFlag.transfer.insecure)
        #expect(
            byFlag.entries.filter { flags.keys.contains($0.name) }
                .allSatisfy { $0.origin == .flag("--\($0.name)") }
        )
        let flagged = SettingsTable.all.filter { $0.places.contains(.flag) }.map(\.name)
        #expect(Set(flags.keys) == Set(flagged))
    }

    @Test func `an unknown flag name is an error with the nearest`() throws {
        let problem = try failure { try resolve(flags: ["max-conections": ["3"]]) }
        #expect(problem?.code == .usage)
        #expect(problem?.hint == "did you mean max-connections?")
    }

    @Test func `of several words for one setting the last counts, lists take all`() throws {
        let settings = try resolve(flags: [
            "retries": ["1", "2"], "header": ["A: b", "C: d"], "no-proxy": ["a,b", "c"],
            "quiet": ["false"],
        ])
        #expect(settings.transfer.retry.limit == 2)
        #expect(settings.transfer.headers.map(\.name) == ["A", "C"])
        #expect(settings.transfer.noProxy == ["a", "b", "c"])
        #expect(try entry("quiet", settings).value == "false")
    }

    @Test func `a list comes from one layer whole`() throws {
        let settings = try resolve(
            flags: ["header": ["C: d"]],
            profile: try profile("header = ['A: b']\nno-proxy = []"),
            config: try config("no-proxy = ['x']")
        )
        #expect(settings.transfer.headers.map(\.name) == ["C"])
        #expect(settings.transfer.noProxy.isEmpty)
    }

    @Test func `header fields of a variable stand on lines`() throws {
        let settings = try resolve(environment: ["ADM_HEADER": "A: b, c\nD: e\n"])
        #expect(settings.transfer.headers.map(\.value) == ["b, c", "e"])
    }

    @Test func `a secret header field is for flags only, and its value is masked`() throws {
        let field = "Authorization: Bearer hunter2"
        let problem = try #require(
            try failure { try resolve(environment: ["ADM_HEADER": field]) }
        )
        #expect(problem.message.hasPrefix("ADM_HEADER must hold no secret"))
        #expect(!problem.description.contains("hunter2"))
        let settings = try resolve(flags: ["header": [field, "A: b"]])
        #expect(settings.transfer.headers.first?.value == "Bearer hunter2")
        #expect(try entry("header", settings).value == "[\"Authorization: ***\", \"A: b\"]")
    }

    @Test func `insecure as a variable is an error that says why, also beside the flag`() throws {
        for flags in [[:], ["insecure": []]] as [[String: [String]]] {
            let problem = try failure {
                try resolve(flags: flags, environment: ["ADM_INSECURE": "true"])
            }
            #expect(problem?.message == "the variable ADM_INSECURE is not allowed")
            #expect(problem?.hint?.contains("--insecure") == true)
        }
        #expect(try resolve(flags: ["insecure": []]).transfer.insecure)
    }

    @Test func `config read as a profile still may not name a directory or a template`() throws {
        for text in ["retries = 1\ndirectory = '/x'", "retries = 1\nextends = 'ci'"] {
            let file = try ProfileFile.parse(text: text, path: "/h/config.toml")
            let problem = try failure { try resolve(config: file) }
            #expect(problem?.message.hasPrefix("/h/config.toml:2:1: ") == true)
            #expect(problem?.message.hasSuffix("is not allowed in config.toml") == true)
        }
    }
}
