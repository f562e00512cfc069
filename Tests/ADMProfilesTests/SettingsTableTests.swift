import ADMModel
import ADMProfiles
import Foundation
import Testing

struct SettingsTableTests {
    @Test func `the table has the settings that the design names, in order`() {
        #expect(
            SettingsTable.all.map(\.name) == [
                "directory", "if-exists", "max-connections", "min-segment-size", "max-concurrent",
                "retries", "retry-wait", "retry-wait-max", "max-retry-after",
                "connect-timeout", "idle-timeout",
                "first-byte-timeout", "total-timeout", "limit-rate", "proxy", "no-proxy",
                "bind-address", "ca-file", "user-agent", "header",
                "max-redirects", "private-addresses", "min-free-space", "credential-store",
                "credential-command",
                "credential-key-file", "progress", "color", "quiet", "insecure",
                "weight", "min-slots", "max-slots", "paused", "workspace-rate", "budget-slots",
                "budget-per-host", "budget-connections", "budget-host-connections", "budget-rate",
                "budget-host-rate",
            ]
        )
    }

    @Test func `flag and variable follow from the key`() throws {
        let setting = try #require(SettingsTable.setting("retry-wait-max"))
        #expect(setting.flag == "--retry-wait-max")
        #expect(setting.variable == "ADM_RETRY_WAIT_MAX")
        #expect(SettingsTable.setting("retry-wait-mox") == nil)
    }

    @Test(
        arguments: [
            ("directory", #""""#), ("if-exists", #""rename""#), ("max-connections", "8"),
            ("min-segment-size", #""64 KiB""#), ("max-concurrent", "64"), ("retries", "10"),
            ("retry-wait", #""1s""#), ("retry-wait-max", #""5m""#),
            ("max-retry-after", #""15m""#), ("connect-timeout", #""15s""#),
            ("idle-timeout", #""30s""#), ("first-byte-timeout", #""5m""#),
            ("total-timeout", #""0s""#), ("bind-address", #""""#), ("limit-rate", "0"),
            ("proxy", #""""#), ("no-proxy", "[]"),
            ("ca-file", #""""#), ("user-agent", #""adm/0.1.0""#), ("header", "[]"),
            ("max-redirects", "20"), ("min-free-space", #""64 MiB""#), ("progress", #""auto""#),
            ("color", #""auto""#), ("quiet", "false"), ("insecure", "false"),
            ("weight", "1"), ("min-slots", "0"), ("max-slots", "0"), ("paused", "false"),
            ("budget-slots", "0"), ("budget-per-host", "0"), ("budget-connections", "64"),
            ("budget-host-connections", "48"), ("budget-rate", "0"),
            ("budget-host-rate", "0"), ("workspace-rate", "0"),
            ("private-addresses", #""refuse""#),
        ]
    )
    func `the built-in value is the documented one`(name: String, value: String) throws {
        #expect(try #require(SettingsTable.setting(name)).builtIn.toml == value)
    }

    @Test func `without any layer the built-in values count`() throws {
        let settings = try SettingsResolution.resolve(
            flags: [:],
            environment: [:],
            profile: nil,
            config: nil
        )
        var expected = TransferSettings()
        expected.userAgent = "adm/\(SettingsTable.version)"
        #expect(settings.transfer == expected)
        #expect(settings.directory == nil)
        #expect(settings.maxConcurrent == 64)
        #expect(settings.share == WorkspaceShare())
        #expect(settings.budget == BudgetLimits())
        #expect(settings.privateAddresses == .refuse)
        #expect(settings.progress == .auto)
        #expect(settings.color == .auto)
        #expect(settings.entries.map(\.name) == SettingsTable.all.map(\.name))
        #expect(settings.entries.allSatisfy { $0.origin == .builtIn && !$0.summary.isEmpty })
    }

    @Test func `a built-in value written into a file reads as itself`() throws {
        for setting in SettingsTable.all where setting.places.contains(.profile) {
            let text = "\(setting.name) = \(setting.builtIn.toml)"
            let file = try ProfileFile.parse(text: text, path: "p")
            #expect(try file.value(of: setting.name) == setting.builtIn, "\(text)")
        }
    }

    @Test func `config has the keys of a profile that are not about one workspace`() {
        let profile = SettingsTable.keys(in: .profile).map(\.name)
        let config = SettingsTable.keys(in: .config).map(\.name)
        let own: Set = [
            "directory", "extends", "weight", "min-slots", "max-slots", "paused", "workspace-rate",
        ]
        #expect(Set(profile).subtracting(config) == own)
        #expect(
            Set(config).subtracting(profile)
                == [
                    "budget-slots", "budget-per-host", "budget-connections",
                    "budget-host-connections", "budget-rate", "budget-host-rate",
                ]
        )
        #expect(!profile.contains("insecure"))
    }

    @Test(arguments: PrivateAddresses.allCases)
    func `S1 only a file says whether programs may reach private networks`(
        word: PrivateAddresses
    ) throws {
        let line = "private-addresses = \"\(word.rawValue)\""
        for kind in [ProfileFile.Kind.profile, .config] {
            let file = try ProfileFile.parse(text: line, path: "p", kind: kind)
            let settings = try SettingsResolution.resolve(
                flags: [:],
                environment: [:],
                profile: kind == .profile ? file : nil,
                config: kind == .config ? file : nil
            )
            #expect(settings.privateAddresses == word)
            #expect(!settings.transfer.publicOnly)
        }
        #expect(throws: Failure.self) {
            try SettingsResolution.resolve(
                flags: [:],
                environment: ["ADM_PRIVATE_ADDRESSES": word.rawValue],
                profile: nil,
                config: nil
            )
        }
    }

    @Test func `the reference has a row of every key with its default and its variable`() {
        let lines = SettingsPage.markdown().split(separator: "\n").map(String.init)
        #expect(lines.count == 2 + 1 + SettingsTable.all.count)
        #expect(lines.allSatisfy { $0.hasPrefix("| ") && $0.hasSuffix(" |") })
        #expect(lines.allSatisfy { $0.split(separator: "|").count == 6 })
        for setting in SettingsTable.all {
            let row = lines.first { $0.hasPrefix("| `\(setting.name)` |") } ?? ""
            #expect(row.contains(setting.summary), "\(setting.name)")
            #expect(row.contains(setting.variable) == setting.places.contains(.environment))
        }
    }
}

struct JSONSchemaTests {
    private func schema(_ kind: ProfileFile.Kind) throws -> [String: Any] {
        let data = Data(SettingsSchema.json(for: kind).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: [ProfileFile.Kind.profile, .config])
    func `the JSON Schema is JSON, of draft 2020-12, and lists every key`(
        kind: ProfileFile.Kind
    ) throws {
        let schema = try schema(kind)
        #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["additionalProperties"] as? Bool == false)
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(Set(properties.keys) == Set(SettingsTable.all.map(\.name) + ["extends"]))
        let allowed = properties.filter { $0.value["not"] == nil }.keys
        let place: SettingPlace = kind == .profile ? .profile : .config
        #expect(Set(allowed) == Set(SettingsTable.keys(in: place).map(\.name)))
    }

    @Test func `types, limits and words of the JSON Schema are those of the table`() throws {
        let properties = try #require(
            try schema(.profile)["properties"] as? [String: [String: Any]]
        )
        #expect(properties["max-connections"]?["type"] as? String == "integer")
        #expect(properties["max-connections"]?["minimum"] as? Int == 1)
        #expect(properties["max-connections"]?["maximum"] as? Int == 64)
        #expect(properties["max-connections"]?["default"] as? Int == 8)
        #expect(
            properties["if-exists"]?["enum"] as? [String]
                == ["skip", "overwrite", "error", "rename"]
        )
        #expect(properties["header"]?["type"] as? String == "array")
        #expect(properties["quiet"]?["type"] as? String == "boolean")
        #expect(properties["extends"]?["enum"] as? [String] == [""] + Templates.names)
    }

    @Test func `a string that adm takes is one that the JSON Schema takes`() throws {
        let properties = try #require(
            try schema(.profile)["properties"] as? [String: [String: Any]]
        )
        let samples = [
            "", "1", "30s", "1m30s", "2 MiB", "500k", "2 MiB/s", "1.5GiB", "/a", "~/a", "a/b", "~b",
            "http://p:1", "socks5://[::1]:1080/", "http://p", "https://p:1", "http://u@p:1", "x y",
            "\u{7}", "-1",
        ]
        for setting in SettingsTable.all where properties[setting.name]?["not"] == nil {
            let property = try #require(properties[setting.name])
            let branches = (property["anyOf"] as? [[String: Any]] ?? []) + [property]
            let patterns = branches.compactMap { $0["pattern"] as? String }
            if case .path = setting.kind { #expect(patterns.count == 1) }
            for pattern in patterns {
                for sample in samples {
                    let matches = sample.range(of: pattern, options: .regularExpression) != nil
                    let text = "\(setting.name) = \(quoted(sample))"
                    let isRight =
                        try failure { try ProfileFile.parse(text: text, path: "p") } == nil
                    // A pattern cannot say "at least 64 KiB", so it may take more than adm does.
                    #expect(matches || !isRight, "\(text) against \(pattern)")
                }
            }
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\u{7}", with: "\\u0007") + "\""
    }
}
