import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// A row that something else damaged, and a ledger full of nonsense, seen from the command line.
@Suite struct DamagedRowTests {
    private func change(_ rig: DownloadRig, _ file: String, _ sql: String) async throws {
        let path = rig.adm.admHome + "/" + file
        let outcome = try await ChildProcess.output(
            ChildProcess.Command(
                "/usr/bin/env",
                ["sqlite3", path, "PRAGMA ignore_check_constraints = 1; \(sql)"],
                environment: rig.adm.variables
            )
        )
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
    }

    private let jobs = "workspaces/default/jobs.db"
    private let ledger = "coordination/ledger.db"

    @Test(
        arguments: [
            "url = 'http://[]/x'", "attempt = 9223372036854775807",
            "priority = -9223372036854775808",
            "transfer_seconds = 1e308", "bytes_total = -5", "run_at = 9223372036854775807",
            "epoch = 9223372036854775807", "sort_key = -9223372036854775808",
        ]
    )
    func `a damaged row is shown and removed, and the queue continues`(
        _ damage: String
    ) async throws {
        let files = [
            TestFile("/a.bin", length: 1000, seed: 1), TestFile("/b.bin", length: 1000, seed: 2),
        ]
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            try await change(rig, jobs, "UPDATE job SET \(damage) WHERE number = 1")
            for verb in [
                ["show", "1"], ["resume", "1"], ["why", "1"], ["queue", "move", "1", "--first"],
            ] {
                let told = try await rig.adm.output(verb)
                #expect(told.status == 14, "\(verb): \(told.errorOutput)")
                #expect(told.errorOutput.contains("job 1 cannot be read"), "\(told.errorOutput)")
                #expect(told.errorOutput.contains("adm rm 1"), "\(told.errorOutput)")
            }
            let ran = try await rig.adm.output(["run", "--until-empty", "--progress", "plain"])
            #expect(ran.status == 7, "\(ran.errorOutput)")
            #expect(ran.errorOutput.contains("job 1"), "\(ran.errorOutput)")
            #expect(rig.saved().contains("default/b.bin"))
            for verb in ["list --all", "history", "queue list --state failed"] {
                let listed = try await rig.adm.output(verb.split(separator: " ").map(String.init))
                #expect(listed.status == 0, "\(verb): \(listed.errorOutput)")
                #expect(listed.output.contains("unreadable"), "\(verb): \(listed.output)")
            }
            let states = try await rig.states()
            #expect(states == [1: "unreadable", 2: "succeeded"])
            for verb in [["stats"], ["events"], ["ws", "list"], ["budget", "show"]] {
                #expect(try await rig.adm.output(verb).status == 0, "\(verb)")
            }
            try await rig.ok("rm", "1")
            #expect(try await rig.states() == [2: "succeeded"])
            try await rig.enqueue(["/a.bin"])
            try await rig.ok("run", "--until-empty")
            #expect(rig.saved().contains("default/a.bin"))
        }
    }

    @Test(arguments: ["first = 100, past = 50", "first = -5", "past = 9223372036854775807"])
    func `bytes that no file has are not resumed`(_ damage: String) async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 1_048_576)]
        let file = TestFile("/a.bin", length: 2_097_152, seed: 1, behaviour)
        try await DownloadRig.run([file]) { rig in
            let line =
                ["download", "-d", rig.directory, "--max-connections", "1"]
                + [rig.server.url("/a.bin")]
            try await rig.adm.run(line) { child in
                try await rig.waitUntilKept()
                child.send(SIGINT)
                _ = try await child.wait()
            }
            try await change(rig, jobs, "UPDATE segment SET \(damage)")
            for verb in ["show", "resume"] {
                let told = try await rig.adm.output([verb, "1"])
                #expect(told.status == 14, "\(verb): \(told.errorOutput)")
            }
            try await rig.ok("list")
            try await rig.ok("rm", "1")
            #expect(rig.saved().isEmpty)
        }
    }

    @Test(
        arguments: [
            "UPDATE ledger SET last_serial = 9223372036854775807",
            "UPDATE ledger SET quiet_until = 9223372036854775807",
            "UPDATE ledger SET slots = -9223372036854775808",
            "UPDATE workspace SET usage_at = -9223372036854775807",
            "UPDATE workspace SET usage = 1e308, weight = 0",
            "INSERT INTO cool_down VALUES ('http://a', 9223372036854775807, 0, 1)",
            "INSERT INTO cool_down VALUES ('http://a', -9223372036854775808, 0, 9e18)",
            "INSERT INTO waiter VALUES ('x', 'y', '1@127.0.0.1', 0, 9223372036854775807, 1, -1)",
            "INSERT INTO flow VALUES ('x', 'y', '127.0.0.1', -1e308, 9e999)",
        ]
    )
    func `a ledger full of nonsense is made again`(_ sql: String) async throws {
        let files = [
            TestFile("/a.bin", length: 1000, seed: 1), TestFile("/b.bin", length: 1000, seed: 2),
        ]
        try await DownloadRig.run(files) { rig in
            #expect(try await rig.download("/a.bin").status == 0)
            try await change(rig, ledger, sql)
            let outcome = try await rig.download("/b.bin", "--retries", "0")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let report = try await rig.budget()
            #expect(report.coolDowns.isEmpty && report.slots.isEmpty)
        }
    }
}
