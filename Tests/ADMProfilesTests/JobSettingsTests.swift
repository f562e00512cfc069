import ADMModel
import Foundation
import Testing

@testable import ADMProfiles

/// What a job may set, and what it may not.
struct JobSettingsTests {
    /// A value that is allowed for each setting, not the built-in one.
    private static let samples: [String: [String]] = [
        "max-connections": ["3"], "min-segment-size": ["1 MiB"], "retries": ["7"],
        "retry-wait": ["2s"], "retry-wait-max": ["1m"], "max-retry-after": ["1h"],
        "connect-timeout": ["1500ms"], "idle-timeout": ["5s"], "first-byte-timeout": ["1d"],
        "total-timeout": ["2h"], "bind-address": ["127.0.0.1"],
        "limit-rate": ["2 MiB/s 08:00-18:00 mon-fri; 500k"], "proxy": ["http://proxy.example:3128"],
        "no-proxy": ["a.example,.b.example", "c.example"], "ca-file": ["/etc/own.pem"],
        "user-agent": ["mine/1.0"], "max-redirects": ["2"], "min-free-space": ["1 GiB"],
    ]

    @Test(arguments: JobSettings.fields.map(\.name))
    func
        `each setting of a job is in the table, reaches the transfer and comes back from the database`(
            _ name: String
        ) throws
    {
        let words = try #require(Self.samples[name])
        let settings = try SettingsTable.jobSettings([name: words], isOwner: true)
        #expect(Set(settings.words.keys) == [name])
        var transfer = TransferSettings()
        settings.apply(to: &transfer)
        #expect(transfer != TransferSettings())
        // The same words as a flag of the command give the same transfer.
        var merged = try SettingsResolution.resolve(
            flags: [name: words],
            environment: [:],
            profile: nil,
            config: nil
        ).transfer
        merged.userAgent = name == "user-agent" ? merged.userAgent : transfer.userAgent
        #expect(merged == transfer)
        let stored = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(JobSettings.self, from: stored) == settings)
        // A setting that the command fixes is the command's.
        var fixed = TransferSettings()
        settings.apply(to: &fixed, except: [name])
        #expect(fixed == TransferSettings())
        try SettingsTable.check(settings)
    }

    @Test(arguments: SettingsTable.all.map(\.name).filter { !JobSettings.listNames.contains($0) })
    func `no other setting can be given to a job in a list`(_ name: String) {
        #expect {
            try SettingsTable.jobSettings([name: ["true"]], isOwner: false)
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .usage && failure?.message.contains(name) == true
        }
    }

    @Test(arguments: ["proxy", "no-proxy", "ca-file"])
    func `the way and the trust of a job are its owner's to choose`(_ name: String) throws {
        #expect(!JobSettings.listNames.contains(name))
        _ = try SettingsTable.jobSettings([name: Self.samples[name] ?? []], isOwner: true)
    }

    @Test(arguments: [
        "insecure", "Insecure", "header", "credential-command", "weight", "quiet", "nonsense",
        "private-addresses", "public-only",
    ])
    func `not even the owner can give a job what belongs to a command or a workspace`(
        _ name: String
    ) {
        #expect(throws: Failure.self) {
            try SettingsTable.jobSettings([name: ["true"]], isOwner: true)
        }
    }

    @Test func `S1 that a job reaches public addresses alone is stored and shown to nobody`() throws
    {
        var settings = JobSettings()
        settings.publicOnly = true
        let stored = try JSONEncoder().encode(settings)
        #expect(String(decoding: stored, as: UTF8.self) == #"{"public-only":"true"}"#)
        #expect(try JSONDecoder().decode(JobSettings.self, from: stored) == settings)
        #expect(!settings.isEmpty)
        #expect(settings.words.isEmpty)
        try SettingsTable.check(settings)
        #expect(!JobSettings.listNames.contains("public-only"))
        #expect(SettingsTable.setting("public-only") == nil)
        var transfer = TransferSettings()
        settings.apply(to: &transfer)
        #expect(transfer.publicOnly)
    }

    @Test func `S1 a change of a job lifts no restriction`() throws {
        var settings = JobSettings()
        settings.publicOnly = true
        settings.merge(try SettingsTable.jobSettings(["retries": ["3"]], isOwner: true))
        #expect(settings.publicOnly == true)
        #expect(settings.words == ["retries": "3"])
    }

    @Test func `what an earlier version stored and no job may set has no effect`() throws {
        let stored = Data(#"{"insecure":"true","retries":"3","weight":"9"}"#.utf8)
        var expected = JobSettings()
        expected.retries = 3
        #expect(try JSONDecoder().decode(JobSettings.self, from: stored) == expected)
    }

    @Test(
        arguments: [
            #"{"retries":"-1"}"#, #"{"retries":"99999999999999999999"}"#, #"{"retries":"x"}"#,
            #"{"idle-timeout":"-5s"}"#, #"{"total-timeout":"1e300"}"#, #"{"limit-rate":"fast"}"#,
            #"{"public-only":"no"}"#, #"{"min-segment-size":"9 YiB"}"#, #"{"retries":3}"#, #"[]"#,
        ]
    )
    func `a value that nobody can have stored is damage and not a number`(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(JobSettings.self, from: Data(text.utf8))
        }
    }

    @Test func `a program that gives a job too much is refused by name`() {
        var settings = JobSettings()
        settings.maxConnections = 65
        #expect {
            try SettingsTable.check(settings)
        } throws: { ($0 as? Failure)?.message.contains("--max-connections") == true }
    }

    @Test func `what is said later replaces what was said before`() {
        var first = JobSettings()
        first.retries = 1
        first.userAgent = "a"
        var second = JobSettings()
        second.retries = 2
        second.noProxy = []
        first.merge(second)
        #expect(first.words == ["retries": "2", "user-agent": "a", "no-proxy": ""])
    }
}
