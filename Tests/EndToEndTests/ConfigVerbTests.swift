import ADMTestSupport
import Foundation
import Testing

/// `adm config`, as a person or a script uses it.
@Suite struct ConfigVerbTests {
    @Test func `every layer shows as the origin of the settings it decides`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--template", "metered", "--use"])
            try await adm.succeed(["profile", "set", "retries", "3"])
            try Data("# all\nmin-free-space = \"1 GiB\"\n".utf8)
                .write(to: URL(fileURLWithPath: adm.admHome + "/config.toml"))
            var other = adm
            other.environment["ADM_MAX_REDIRECTS"] = "5"
            let rows = try await other.jsonList(["config", "show", "--json", "--color", "never"])
            let origins = Dictionary(
                uniqueKeysWithValues: rows.map { ($0["name"] as? String ?? "", $0) }
            )
            let origin = { (name: String) in origins[name]?["origin"] as? String ?? "" }
            #expect(origin("color") == "--color")
            #expect(origin("max-redirects") == "ADM_MAX_REDIRECTS")
            #expect(origin("retries").hasPrefix(adm.admHome + "/workspaces/work/profile.toml:"))
            #expect(
                origins.values.contains {
                    ($0["origin"] as? String)?.hasPrefix("template metered:") == true
                }
            )
            #expect(origin("min-free-space") == adm.admHome + "/config.toml:2")
            #expect(origin("user-agent") == "built-in")
            let text = try await adm.succeed(["config", "show", "--origin"])
            #expect(text.output.contains(adm.admHome + "/config.toml:2"))
            #expect(text.output.contains("/Downloads/adm/work"))
        }
    }

    @Test func `without --origin the column is left out`() async throws {
        try await AdmProcess.withHome { adm async throws in
            let text = try await adm.succeed(["config", "show"])
            #expect(text.output.contains("retries"))
            #expect(!text.output.contains("built-in"))
        }
    }

    @Test func `CF1 a mistake in config toml ends with 2 and names its place`() async throws {
        try await AdmProcess.withHome { adm async throws in
            try await adm.succeed(["ws", "create", "work", "--use"])
            try Data("\nretrys = 3\n".utf8)
                .write(to: URL(fileURLWithPath: adm.admHome + "/config.toml"))
            let result = try await adm.output(["config", "show"])
            #expect(result.status == 2)
            #expect(result.errorOutput.contains("config.toml:2:1"))
            #expect(result.errorOutput.contains("hint: did you mean retries?"))
        }
    }

    @Test func `a password in a proxy variable is not shown`() async throws {
        try await AdmProcess.withHome { adm async throws in
            var other = adm
            other.environment["https_proxy"] = "http://user:s3cret@proxy.example.org:3128"
            for arguments in [["config", "show", "--origin"], ["config", "show", "--json"]] {
                let result = try await other.succeed(arguments)
                #expect(!result.output.contains("s3cret"))
                #expect(!result.errorOutput.contains("s3cret"))
            }
        }
    }

    @Test func `the schema is JSON and names every setting`() async throws {
        try await AdmProcess.withHome { adm async throws in
            let schema = try await adm.json(["config", "schema"])
            let properties = try #require(schema["properties"] as? [String: Any])
            let rows = try await adm.jsonList(["config", "show", "--json"])
            let names = Set(rows.compactMap { $0["name"] as? String })
            #expect(Set(properties.keys).isSubset(of: names.union(["extends"])))
            #expect(properties["retries"] != nil)
        }
    }
}
