import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `adm run --all-workspaces`: one process for the queues of all workspaces.
@Suite(.timeLimit(.minutes(2))) struct AllWorkspacesTests {
    private static let one = ["ADM_MAX_CONNECTIONS": "1"]

    @Test func `max-concurrent of one workspace limits that one only`() async throws {
        let files = stallingFiles(4) + stallingFiles(2, prefix: "a")
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "8", "--per-host", "0")
            for (name, limit) in [("a", "1"), ("b", "8")] {
                try await rig.ok("ws", "create", name)
                try await rig.ok("-w", name, "profile", "set", "max-concurrent", limit)
            }
            try await rig.enqueue(["/a0.bin", "/a1.bin"], in: "a")
            try await rig.enqueue((0..<4).map { "/f\($0).bin" }, in: "b")
            try await rig.running("--all-workspaces", "--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 5)
                #expect(try await rig.budget().processes.map(\.capacity) == [9])
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency == 5)
        }
    }

    @Test func `--max-concurrent limits the process, whatever the workspaces may have`()
        async throws
    {
        let files = stallingFiles(4)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("budget", "set", "--slots", "8", "--per-host", "0")
            for name in ["a", "b"] { try await rig.ok("ws", "create", name) }
            try await rig.enqueue(["/f0.bin", "/f1.bin"], in: "a")
            try await rig.enqueue(["/f2.bin", "/f3.bin"], in: "b")
            try await rig.running("--all-workspaces", "--until-empty", "--max-concurrent", "2") {
                runner in
                try await rig.server.waitUntilStalled(files, count: 2)
                #expect(try await rig.budget().processes.map(\.capacity) == [2])
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConcurrency == 2)
        }
    }

    private static let files = (0..<4).map {
        TestFile("/f\($0).bin", length: 200_000, seed: UInt64($0))
    }

    @Test func `a workspace that is created later is run too`() async throws {
        try await DownloadRig.run(Self.files) { rig in
            try await rig.running("--all-workspaces") { runner in
                try await rig.waitForBudgetOf(runner)
                for (number, name) in ["new", "newer"].enumerated() {
                    try await rig.ok("ws", "create", name)
                    try await rig.enqueue(["/f\(number).bin"], in: name)
                    try await rig.ok("queue", "wait", "-w", name, "1")
                    #expect(try rig.isRight("\(name)/f\(number).bin", "/f\(number).bin"))
                }
                runner.send(SIGTERM)
                #expect(try await runner.wait().status == 143)
            }
        }
    }

    @Test func `one that is idle can be renamed, is run under its new name, and can be removed`()
        async throws
    {
        try await DownloadRig.run(Self.files) { rig in
            for name in ["work", "home"] { try await rig.ok("ws", "create", name) }
            try await rig.running("--all-workspaces") { runner in
                try await rig.enqueue(["/f0.bin"], in: "work")
                try await rig.ok("queue", "wait", "-w", "work", "1")
                try await rig.whenUnused("ws", "rename", "work", "acme")
                // The old name is free again, and means another one.
                try await rig.ok("ws", "create", "work")
                try await rig.enqueue(["/f1.bin"], in: "acme")
                try await rig.enqueue(["/f2.bin"], in: "work")
                try await rig.ok("queue", "wait", "-w", "acme", "2")
                try await rig.ok("queue", "wait", "-w", "work", "1")
                try await rig.whenUnused("ws", "rm", "acme", "--yes")
                try await rig.enqueue(["/f3.bin"], in: "home")
                try await rig.ok("queue", "wait", "-w", "home", "1")
                for (name, number) in [("acme", 1), ("work", 2), ("home", 3)] {
                    #expect(try rig.isRight("\(name)/f\(number).bin", "/f\(number).bin"))
                }
                runner.send(SIGTERM)
                #expect(try await runner.wait().status == 143)
            }
        }
    }

    @Test func `one with a job that runs keeps its name`() async throws {
        let files = stallingFiles(1)
        try await DownloadRig.run(files, environment: Self.one) { rig in
            try await rig.ok("ws", "create", "work")
            try await rig.enqueue(["/f0.bin"], in: "work")
            try await rig.running("--all-workspaces") { runner in
                try await rig.server.waitUntilStalled(files, count: 1)
                let renamed = try await rig.adm.output(["ws", "rename", "work", "acme"])
                #expect(renamed.status == 8)
                #expect(renamed.errorOutput.contains("process \(runner.id) (adm run"))
                try await rig.server.heal(files)
                try await rig.ok("queue", "wait", "-w", "work", "1")
                try await rig.whenUnused("ws", "rename", "work", "acme")
            }
        }
    }

    @Test func `one that is paused is not run until it is resumed`() async throws {
        try await DownloadRig.run(Self.files) { rig in
            for name in ["work", "home"] { try await rig.ok("ws", "create", name) }
            try await rig.ok("ws", "pause", "work")
            try await rig.running("--all-workspaces") { _ in
                try await rig.enqueue(["/f0.bin"], in: "work")
                try await rig.enqueue(["/f1.bin"], in: "home")
                try await rig.ok("queue", "wait", "-w", "home", "1")
                #expect(try await rig.states(in: "work") == [1: "ready"])
                try await rig.ok("ws", "resume", "work")
                try await rig.ok("queue", "wait", "-w", "work", "1")
            }
            #expect(try rig.isRight("work/f0.bin", "/f0.bin"))
        }
    }

    @Test func `a job whose time comes later is run when it has come`() async throws {
        try await DownloadRig.run(Self.files) { rig in
            try await rig.ok("ws", "create", "work")
            try await rig.running("--all-workspaces") { runner in
                try await rig.waitForBudgetOf(runner)
                try await rig.enqueue(["/f0.bin"], in: "work", "--at", "+2s")
                // Nothing of it runs, so nobody has to wait for its time.
                try await rig.whenUnused("ws", "rename", "work", "acme")
                #expect(try await rig.why(1, in: "acme").reason == .scheduled)
                try await rig.ok("queue", "wait", "-w", "acme", "1")
            }
            #expect(try rig.isRight("work/f0.bin", "/f0.bin"))
        }
    }

    @Test func `--max-jobs counts for each workspace, however often it is opened`() async throws {
        try await DownloadRig.run(Self.files) { rig in
            for name in ["a", "b"] { try await rig.ok("ws", "create", name) }
            try await rig.enqueue(["/f0.bin"], in: "a")
            try await rig.enqueue(["/f1.bin", "/f2.bin", "/f3.bin"], in: "b")
            try await rig.running("--all-workspaces", "--max-jobs", "2") { runner in
                try await rig.ok("queue", "wait", "-w", "a", "1")
                try await rig.enqueue(["/f2.bin", "/f3.bin"], in: "a")
                #expect(try await runner.wait().status == 0)
            }
            for name in ["a", "b"] {
                let states = try await rig.states(in: name)
                #expect(states.values.sorted() == ["ready", "succeeded", "succeeded"])
            }
        }
    }
}

extension DownloadRig {
    /// Runs `adm` when the process that has just run a queue has closed the workspace; each try waits a second
    /// for that.
    fileprivate func whenUnused(_ arguments: String...) async throws {
        while true {
            try Task.checkCancellation()
            let outcome = try await adm.output(arguments)
            guard outcome.status == 8 else {
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                return
            }
        }
    }

    /// Waits until a process that runs the queues lives, as others see it.
    fileprivate func waitForBudgetOf(_ runner: ChildProcess) async throws {
        let holders = HomeLayout(root: adm.admHome).holders
        while true {
            try Task.checkCancellation()
            let names = (try? FileManager.default.contentsOfDirectory(atPath: holders)) ?? []
            for name in names where name.hasSuffix(".lock") {
                let text =
                    (try? Data(contentsOf: URL(fileURLWithPath: "\(holders)/\(name)"))) ?? Data()
                if String(decoding: text, as: UTF8.self).contains("\(runner.id)") { return }
            }
            await Task.yield()
        }
    }
}
