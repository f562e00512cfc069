import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// I1 to I6, F1, F2, F5: one budget for all processes and workspaces.
@Suite(.timeLimit(.minutes(2))) struct BudgetTests {
    private static let one = ["ADM_MAX_CONNECTIONS": "1"]

    @Test func `I1 two workspaces in two processes share the slots evenly, a third gets its part`()
        async throws
    {
        let files = ["a", "b", "c"].flatMap { stallingFiles(6, prefix: $0) }
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "4", "--per-host", "0")
            for name in ["a", "b", "c"] {
                try await rig.ok("ws", "create", name)
                let own = files.filter { $0.path.hasPrefix("/" + name) }
                try await rig.enqueue(own.map(\.path), in: name)
            }
            try await rig.running("-w", "a") { _ in
                try await rig.server.waitUntilStalled(files, count: 4)
                try await rig.running("-w", "b", "-w", "b") { _ in
                    try await rig.waitForBudget { $0.processes.count == 2 }
                    #expect(try await rig.why(1, in: "b").reason == .slots)
                    #expect(try await rig.budget().slots.allSatisfy { $0.workspace == "a" })
                    try await rig.server.heal(files.filter { $0.path.hasPrefix("/a") })
                    try await rig.server.waitUntil { log in
                        files.contains { $0.path.hasPrefix("/b") && log.stalled(path: $0.path) > 0 }
                    }
                    try await rig.server.heal(files)
                    try await rig.ok("queue", "wait", "-w", "a", "1", "2", "3", "4", "5", "6")
                    try await rig.ok("queue", "wait", "-w", "b", "1", "2", "3", "4", "5", "6")
                }
            }
            #expect(rig.server.maximumConcurrency <= 4)
            try await rig.ok("run", "--all-workspaces", "--until-empty")
            #expect(try await Set(rig.states(in: "c").values) == ["succeeded"])
            let report = try await rig.budget()
            #expect(report.slots.isEmpty && report.processes.isEmpty)
        }
    }

    @Test func `kill -9 frees the slots at once, and the jobs continue elsewhere`() async throws {
        let files = stallingFiles(4)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "2")
            try await rig.enqueue(files.map(\.path))
            try await rig.running { first in
                try await rig.server.waitUntilStalled(files, count: 2)
                try await rig.running("--until-empty") { second in
                    try await rig.waitForBudget { $0.processes.count == 2 }
                    first.kill()
                    _ = try await first.wait()
                    try await rig.server.heal(files)
                    #expect(try await second.wait().status == 0)
                }
            }
            #expect(try await Set(rig.states().values) == ["succeeded"])
            for file in files {
                #expect(try rig.isRight("default" + file.path, file.path))
            }
        }
    }

    @Test func `I6 a stopped process keeps its slots, and is not robbed`() async throws {
        let files = stallingFiles(3)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "2")
            try await rig.enqueue(["/f0.bin", "/f1.bin"])
            try await rig.running { stopped in
                try await rig.server.waitUntilStalled(files, count: 2)
                stopped.send(SIGSTOP)
                try await rig.adm.run(["download", rig.server.url("/f2.bin")]) { waiting in
                    try await rig.waitForBudget { report in
                        report.workspaces.contains { $0.waiting > 0 }
                    }
                    #expect(try await rig.budget().slots.count == 2)
                    #expect(rig.server.requests("/f2.bin").isEmpty)
                    stopped.send(SIGCONT)
                    try await rig.server.heal(files)
                    #expect(try await waiting.wait().status == 0)
                }
            }
        }
    }

    @Test func `limits change at once in running processes, down and up`() async throws {
        let files = stallingFiles(6)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "2", "--per-host", "0")
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 2)
                try await rig.ok("budget", "set", "--slots", "5")
                try await rig.server.waitUntilStalled(files, count: 5)
                try await rig.ok("budget", "set", "--slots", "1")
                try await rig.waitForBudget { $0.slots.count == 1 }
                try await rig.ok("budget", "set", "--slots", "6", "--per-host", "3")
                try await rig.waitForBudget { $0.slots.count == 3 }
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            let text = try String(contentsOfFile: rig.adm.admHome + "/config.toml", encoding: .utf8)
            #expect(text.contains("budget-slots = 6"))
        }
    }

    @Test func `a workspace is paused, resumed and limited while it runs`() async throws {
        let files = stallingFiles(5)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--per-host", "4")
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 4)
                try await rig.ok("ws", "set", "default", "--max", "2", "--weight", "3")
                try await rig.waitForBudget { $0.slots.count == 2 }
                #expect(try await rig.budget().workspaces.first?.share.weight == 3)
                try await rig.ok("ws", "pause", "default", "--now")
                try await rig.waitForBudget { $0.slots.isEmpty }
                #expect(try await rig.why(5).reason == .workspacePaused)
                try await rig.server.heal(files)
                try await rig.ok("ws", "resume", "default")
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency <= 4)
        }
    }

    @Test func `a variable can only lower the number for one process`() async throws {
        let files = stallingFiles(4)
        var environment = Self.one
        environment["ADM_MAX_CONCURRENT"] = "3"
        try await DownloadRig.run(files, environment: environment) { rig in
            try await rig.ok("budget", "set", "--slots", "2")
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 2)
                try await rig.ok("budget", "set", "--slots", "4")
                try await rig.server.waitUntilStalled(files, count: 3)
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency == 3)
        }
    }

    @Test func `Retry-After keeps every process away from the host until then`() async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(503, .first(1), retryAfter: .seconds(2))]
        let files = [
            TestFile("/busy.bin", length: 1000, seed: 1, behaviour),
            TestFile("/other.bin", length: 1000, seed: 2),
        ]
        try await DownloadRig.run(files) { rig in
            try await rig.adm.run(["download", rig.server.url("/busy.bin")]) { first in
                try await rig.waitForBudget { !$0.coolDowns.isEmpty }
                try await rig.enqueue(["/other.bin"])
                try await rig.running("--until-empty") { second in
                    let ends = [try await first.wait(), try await second.wait()]
                    #expect(ends.map(\.status) == [0, 0])
                }
            }
            let requests = rig.server.requests()
            let refused = try #require(requests.first)
            for later in requests.dropFirst() {
                let waited = refused.startedAt.duration(to: later.startedAt)
                #expect(waited >= .seconds(1.9), "\(later.path) after \(waited)")
            }
        }
    }

    @Test func `a ledger that is removed or damaged is rebuilt by those who live`() async throws {
        let files = stallingFiles(4)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            let ledger = rig.adm.admHome + "/coordination/ledger.db"
            try await rig.ok("budget", "set", "--slots", "2")
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 2)
                for damage in ["remove", "overwrite"] {
                    if damage == "remove" {
                        try FileManager.default.removeItem(atPath: ledger)
                    } else {
                        let garbage = String(repeating: "garbage", count: 9000)
                        try garbage.write(toFile: ledger, atomically: false, encoding: .utf8)
                    }
                    let report = try await rig.waitForBudget { $0.slots.count == 2 }
                    #expect(report.limits.slots == 2)
                }
                #expect(rig.server.stalled(files) == 2)
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency == 2)
        }
    }
}
