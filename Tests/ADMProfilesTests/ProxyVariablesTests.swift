import ADMModel
import ADMProfiles
import Testing

/// The variables that other programs share.
struct ProxyVariablesTests {
    private func resolve(
        _ environment: [String: String],
        flags: [String: [String]] = [:],
        profile: String? = nil,
        config: String? = nil
    ) throws -> EffectiveSettings {
        try SettingsResolution.resolve(
            flags: flags,
            environment: environment,
            profile: try profile.map { try ProfileFile.parse(text: $0, path: "p") },
            config: try config.map { try ProfileFile.parse(text: $0, path: "c", kind: .config) }
        )
    }

    @Test(
        arguments: [
            ("https", ["https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:2"], "http://a:1"),
            ("https", ["HTTPS_PROXY": "http://b:2", "ALL_PROXY": "http://c:3"], "http://b:2"),
            ("https", ["http_proxy": "http://a:1"], nil),
            ("https", ["all_proxy": "socks5://d:4", "ALL_PROXY": "http://c:3"], "socks5://d:4"),
            ("http", ["http_proxy": "http://a:1", "ALL_PROXY": "http://c:3"], "http://a:1"),
            ("http", ["ALL_PROXY": "http://c:3"], "http://c:3"),
            ("http", ["https_proxy": "http://a:1"], nil),
            ("HTTPS", ["https_proxy": "proxy:3128"], "http://proxy:3128"),
            ("https", ["https_proxy": "", "HTTPS_PROXY": " ", "ALL_PROXY": "c:3"], "http://c:3"),
            ("https", [:], nil),
        ] as [(String, [String: String], String?)]
    )
    func `the variable of the scheme counts, then the one for all`(
        scheme: String,
        environment: [String: String],
        expected: String?
    ) {
        let found = SettingsResolution.environmentProxy(scheme: scheme, environment: environment)
        #expect(found == expected)
    }

    @Test func `HTTP_PROXY in capitals is ignored, because a web client could set it`() {
        let environment = ["HTTP_PROXY": "http://evil:1"]
        for scheme in ["http", "https", "HTTP"] {
            let found = SettingsResolution.environmentProxy(
                scheme: scheme,
                environment: environment
            )
            #expect(found == nil)
        }
    }

    @Test func `shared variables are below every layer of adm`() throws {
        let shared = ["https_proxy": "http://shared:1", "no_proxy": "shared"]
        let settings = try resolve(shared)
        #expect(settings.transfer.proxy == nil)
        #expect(settings.transfer.noProxy == ["shared"])
        let entry = settings.entries.first { $0.name == "proxy" }
        #expect(entry?.origin == .environment("https_proxy"))
        #expect(entry?.value == "\"http://shared:1\"")

        let own = shared.merging(["ADM_PROXY": "http://own:1", "ADM_NO_PROXY": "own"]) { $1 }
        #expect(try resolve(own).transfer.proxy == "http://own:1")
        #expect(try resolve(own).transfer.noProxy == ["own"])
        let text = "proxy = 'http://file:1'\nno-proxy = ['file']"
        for settings in [try resolve(shared, profile: text), try resolve(shared, config: text)] {
            #expect(settings.transfer.proxy == "http://file:1")
            #expect(settings.transfer.noProxy == ["file"])
        }
        #expect(
            try resolve(own, flags: ["proxy": ["http://flag:1"]], profile: text).transfer.proxy
                == "http://flag:1"
        )
    }

    @Test func `a password in a shared variable is used and never shown`() throws {
        let environment = ["HTTPS_PROXY": "http://bob:hunter2@p:1"]
        #expect(
            SettingsResolution.environmentProxy(scheme: "https", environment: environment)
                == "http://bob:hunter2@p:1"
        )
        let settings = try resolve(environment)
        #expect(settings.entries.allSatisfy { !$0.value.contains("hunter2") })
        #expect(settings.entries.first { $0.name == "proxy" }?.value == "\"http://***@p:1\"")
    }

    @Test func `a password in adm's own variable is refused and not shown`() throws {
        let environment = ["ADM_PROXY": "http://bob:hunter2@p:1"]
        let problem = try #require(try failure { try resolve(environment) })
        #expect(problem.message.hasPrefix("ADM_PROXY must hold no user name or password"))
        #expect(!problem.description.contains("hunter2"))
    }

    @Test func `no_proxy is a list with commas or blanks, and may hold what adm does not know`()
        throws
    {
        #expect(
            try resolve(["no_proxy": "a, .b,10.0.0.0/8 c,", "NO_PROXY": "x"]).transfer.noProxy
                == ["a", ".b", "10.0.0.0/8", "c"]
        )
        #expect(try resolve(["NO_PROXY": "*"]).transfer.noProxy == ["*"])
    }

    @Test func `unknown variables of adm are found with the nearest known name`() {
        let found = SettingsResolution.unknownVariables(in: [
            "ADM_RETRYS": "1", "ADM_RETRIES": "1", "ADM_HOME": "/x", "ADM_WORKSPACE": "w",
            "ADM_PROFILE": "w", "ADM_EDITOR": "vi", "ADM_NO_INPUT": "1",
            "ADM_INSECURE": "1", "ADM_SOMETHING_ELSE": "1", "ADM_EMPTY_ONE": "", "ADMIN": "x",
            "ADM_CREDENTIAL_FILES_EXAMPLE_ORG": "bearer x", "ADM_CREDENTIAL_STROE": "file",
            "PATH": "/bin", "adm_retrys": "1",
        ])
        #expect(
            found.map(\.name) == ["ADM_CREDENTIAL_STROE", "ADM_RETRYS", "ADM_SOMETHING_ELSE"]
        )
        #expect(found.map(\.nearest) == ["ADM_CREDENTIAL_STORE", "ADM_RETRIES", nil])
    }
}
