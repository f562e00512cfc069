import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Times are read in the zone in which they are shown, which is that of the C library and of date(1).
@Suite(.timeLimit(.minutes(2))) struct TimeZoneTests {
    /// Central Europe, without a file of rules.
    private static let central = "CET-1CEST,M3.5.0,M10.5.0/3"

    /// When a job is to run that is added in a zone, in UTC, and how `adm show` says it there.
    private func added(
        _ adm: AdmProcess,
        at text: String,
        zone: String?
    ) async throws -> (utc: String?, shown: String?, status: Int32) {
        var adm = adm
        adm.environment["TZ"] = zone
        let url = "https://example.org/\(UUID().uuidString)"
        let outcome = try await adm.output(["add", "--at", text, url])
        guard outcome.status == 0 else { return (nil, nil, outcome.status) }
        let number = outcome.output.trimmingCharacters(in: .newlines)
        let utc = try await adm.json(["show", number, "--json"])["run_at"] as? String
        let lines = try await adm.succeed(["show", number]).output.split(separator: "\n")
        let shown = lines.first { $0.hasPrefix("not before") }?.dropFirst("not before".count)
        return (utc, shown.map { $0.trimmingCharacters(in: .whitespaces) }, 0)
    }

    @Test(
        arguments: [
            ("JST-9", "09:00:00"), ("UTC+3", "21:00:00"), ("GMT+5", "23:00:00"),
            ("<+0330>-3:30", "14:30:00"), (central, "16:00:00"), ("UTC0", "18:00:00"),
        ]
    )
    func `a time without a zone is that of TZ, whatever form that has`(
        zone: String,
        utc: String
    ) async throws {
        try await AdmProcess.withHome { adm in
            let job = try await added(adm, at: "2027-07-05 18:00", zone: zone)
            #expect(job.utc == "2027-07-05T\(utc).000Z")
            #expect(job.shown == "2027-07-05 18:00:00")
        }
    }

    @Test(
        .enabled(if: NetworkSpace.isAllowed),
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Asia/Tokyo"))
    )
    func `without TZ the content of /etc/localtime counts, not the name that it links to`()
        async throws
    {
        try await AdmProcess.withHome { adm in
            let script = """
                mount --bind /usr/share/zoneinfo/Asia/Tokyo /etc/localtime || exit 99
                n=$("$0" add --at '2027-07-05 18:00' https://example.org/a) && "$0" show $n --json
                """
            var variables = adm.variables
            variables["TZ"] = nil
            let outcome = try await ChildProcess.output(
                .init(
                    "/usr/bin/unshare",
                    ["--mount", "sh", "-c", script, try AdmProcess.executable()],
                    environment: variables
                )
            )
            #expect(outcome.output.contains("2027-07-05T09:00:00.000Z"), "\(outcome.errorOutput)")
        }
    }

    @Test(
        arguments: [
            // Skipped: the moment at which the clocks are put forward.
            ("2027-03-28 02:30", "2027-03-28T01:00:00.000Z"),
            ("2027-03-28 01:59:59", "2027-03-28T00:59:59.000Z"),
            ("2027-03-28 03:00", "2027-03-28T01:00:00.000Z"),
            // Twice: the first of both.
            ("2027-10-31 02:30", "2027-10-31T00:30:00.000Z"),
            ("2027-10-31 03:00", "2027-10-31T02:00:00.000Z"),
            ("2027-10-31", "2027-10-30T22:00:00.000Z"),
            ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00.000Z"),
        ]
    )
    func `a time that the clocks skip or show twice is one moment`(
        text: String,
        utc: String
    ) async throws {
        try await AdmProcess.withHome { adm in
            let found = try await added(adm, at: text, zone: Self.central).utc
            #expect(found == utc)
        }
    }

    @Test func `the hours of a speed limit are those that the clocks show`() async throws {
        // Half a day from UTC, so that no hour is right by chance.
        let zone = "XXX-12"
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 12 * 3600))
        let hour = calendar.component(.hour, from: Date())
        let limit = "1 \(hour):00-\((hour + 2) % 24):00; 0"
        let file = TestFile("/a.bin", length: 3_000_000, seed: 5)
        try await DownloadRig.run([file], environment: ["TZ": zone]) { rig in
            let line = ["download", "-d", rig.directory, "--limit-rate", limit]
            try await rig.adm.run(line + [rig.server.url("/a.bin")]) { child in
                try await rig.waitUntilKept()
                child.send(SIGTERM)
                #expect(try await child.wait().status == 143)
            }
            #expect(try await rig.show().state == "paused")
        }
    }

    @Test(
        arguments: [
            "2027-02-29 10:00", "2027-04-31 10:00", "2027-00-10 10:00", "2027-02-30T10:00:00Z",
            "2027-01-15T24:00:00Z", "2027-01-15T12:00:60Z", "2027-01-15T12:00:00+25:00",
            "2027-01-15T12:00:00+01:60", "27-01-15 10:00", "24:00", "2027-01-15 10:00:60",
        ]
    )
    func `a date or a time that does not exist is refused`(text: String) async throws {
        try await AdmProcess.withHome { adm in
            let status = try await added(adm, at: text, zone: "UTC0").status
            #expect(status == 2)
        }
    }

    @Test func `a retry that was planned while the clock stood ahead waits no longer than planned`()
        async throws
    {
        let wrong = TestFile("/a.bin", length: 3000, seed: 5)
        try await DownloadRig.run([wrong]) { rig in
            rig.server.update("/a.bin") { $0.behaviour.refusals = [Refusal(503)] }
            try await rig.enqueue(["/a.bin"], "--retry-wait", "10s")
            try await rig.running { runner in
                try await rig.waitForStates { $0[1] == "retrying" }
                runner.kill()
                _ = try await runner.wait()
            }
            // As if the clock had been thirty days ahead in the meantime.
            let database = HomeLayout(root: rig.adm.admHome).workspace(.standard).database
            let ahead = 30 * 86_400_000
            let sql = """
                UPDATE job SET run_at = updated_at + 1000 + \(ahead), updated_at = updated_at + \(ahead)
                """
            let changed = try await ChildProcess.output(.init("/usr/bin/sqlite3", [database, sql]))
            #expect(changed.status == 0, "\(changed.errorOutput)")
            rig.server.update("/a.bin") { $0.behaviour.refusals = [] }
            try await rig.ok("run", "--until-empty")
            #expect(try rig.isRight("default/a.bin", "/a.bin"))
        }
    }
}
