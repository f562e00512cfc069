import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// K1: the process dies at every call that changes the ledger, while it takes a slot and gives it back.
@Suite(.enabled("strace may trace here") { await CrashRig.canTrace() })
struct LedgerCrashTests {
    private static let ledger = ["ledger.db", "ledger.db-journal"].map { ".adm/coordination/\($0)" }

    static let points = [
        CrashRig.Point(call: "pwrite64", start: .nothing, files: ledger, step: 4),
        CrashRig.Point(call: "pwrite64", start: .workspace, files: ledger),
        CrashRig.Point(call: "ftruncate", start: .workspace, files: ledger),
        CrashRig.Point(call: "pwrite64", start: .pausedJob, files: ledger, step: 3),
        CrashRig.Point(call: "unlink", start: .workspace),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: points)
    func `K1 killed while it changes the ledger, no slot is lost and nothing is damaged`(
        _ point: CrashRig.Point
    ) async throws {
        try await CrashRig.run(point.start) { crash in
            var occurrence = 1
            var kills = 0
            while true {
                let outcome = try await crash.disturb(point, "signal=SIGKILL", at: "\(occurrence)")
                guard outcome.status == 137 else {
                    #expect(outcome.status == 0, "\(outcome.errorOutput)")
                    break
                }
                kills += 1
                let place = "killed before \(point.call) number \(occurrence)"
                let report = try await crash.rig.budget()
                #expect(report.slots.isEmpty && report.processes.isEmpty, "\(place)")
                try await crash.recover(place, resumes: kills.isMultiple(of: 2))
                try await checkLedger(crash.rig, place)
                occurrence += point.step
                try #require(occurrence < 1000, "it never ends by itself")
            }
            #expect(kills > 0, "the program never came to \(point.testDescription)")
        }
    }

    @Test func `D1 without room for the ledger nothing begins, and later everything does`()
        async throws
    {
        let point = CrashRig.Point(call: "pwrite64", start: .workspace, files: Self.ledger)
        try await CrashRig.run(.workspace) { crash in
            let full = try await crash.disturb(point, "error=ENOSPC", at: "1+")
            #expect(full.status == 9, "\(full.errorOutput)")
            #expect(full.errorOutput.contains("No space left on device"))
            #expect(crash.rig.server.requests().isEmpty)
            try await crash.recover("after ENOSPC in the ledger", resumes: true)
        }
    }

    /// Checks the ledger by a SQLite that is not the program's.
    ///
    /// Who only looks changes nothing: what the dead left goes with the next change.
    private func checkLedger(_ rig: DownloadRig, _ place: String) async throws {
        let changed = try await rig.adm.output(["budget", "clear-cool-down", "--all"])
        #expect(changed.status == 0, "\(place): \(changed.errorOutput)")
        let path = rig.adm.admHome + "/coordination/ledger.db"
        let command = ChildProcess.Command(
            "/usr/bin/env",
            ["sqlite3", path, "PRAGMA integrity_check; SELECT count(*) FROM lease;"],
            environment: rig.adm.variables
        )
        #expect(try await ChildProcess.output(command).output == "ok\n0\n", "\(place)")
    }
}
