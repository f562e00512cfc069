import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// I1, I3, K1, K4: eight processes run the queues of three workspaces and are killed, stopped and ended
/// at random; the server counts.
@Suite struct OracleTests {
    private static let slots = 3
    private static let workspaces = ["one", "three", "two"]

    /// How many kills; more by hand: `ADM_KILLS=2000 swift test --filter OracleTests`.
    private static var kills: Int {
        ProcessInfo.processInfo.environment["ADM_KILLS"].flatMap(Int.init) ?? 40
    }

    private static func files(_ count: Int) -> [String: [TestFile]] {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 600_000
        let named = workspaces.map { name in
            let files = (0..<count).map { index in
                TestFile(
                    "/\(name)-\(index).bin",
                    length: Int64(20_000 + index * 7919 % 150_000),
                    seed: UInt64(index),
                    behaviour
                )
            }
            return (name, files)
        }
        return Dictionary(uniqueKeysWithValues: named)
    }

    @Test(.timeLimit(.minutes(20)))
    func
        `I1 no matter who dies, the server never sees more than the budget, and every file comes once`()
        async throws
    {
        let files = Self.files(max(20, Self.kills))
        let environment = ["ADM_MAX_CONNECTIONS": "1"]
        try await DownloadRig.run(files.values.flatMap(\.self), environment: environment) { rig in
            try await rig.ok("budget", "set", "--slots", "\(Self.slots)", "--per-host", "0")
            for name in Self.workspaces {
                try await rig.ok("ws", "create", name)
                try await rig.enqueue(files[name, default: []].map(\.path), in: name)
            }
            try await disturb(rig, files: files.values.map(\.count).reduce(0, +))
            for name in Self.workspaces {
                // A job whose processes were killed three times in a row is given up by design.
                _ = try await rig.adm.output(["queue", "retry", "--all", "-w", name])
            }
            try await rig.ok("run", "--all-workspaces", "--until-empty", "--progress", "none")
            try await check(rig, files)
        }
    }

    /// Runs eight processes and does to them what may happen to processes.
    private func disturb(_ rig: DownloadRig, files total: Int) async throws {
        let herd = Herd()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<8 {
                let name = Self.workspaces[place % Self.workspaces.count]
                group.addTask {
                    while await !herd.isClosed {
                        try await rig.running("-w", name) { child in
                            await herd.put(child, at: place)
                            _ = try await child.wait()
                        }
                    }
                }
            }
            for _ in 0..<Self.kills {
                let place = Int.random(in: 0..<8, using: &random)
                let fate = Int.random(in: 0..<10, using: &random)
                let served = rig.server.log.requests.count
                // Something must have happened since the last blow, whatever the speed.
                try await rig.server.waitUntil { log in
                    log.requests.count > served || Self.isDone(log, files: total)
                }
                if Self.isDone(rig.server.log, files: total) { break }
                if fate < 8 {
                    await herd.strike(place, fate < 7 ? SIGKILL : SIGTERM)
                } else {
                    await herd.strike(place, SIGSTOP)
                    // A process that is stopped while it changes the ledger holds up all others, so that
                    // nothing that depends on them can end the pause.
                    let pause = ChildProcess.Command("/usr/bin/env", ["sleep", "0.1"])
                    _ = try await ChildProcess.output(pause)
                    await herd.strike(place, SIGCONT)
                }
                #expect(rig.server.maximumConcurrency <= Self.slots, "seed \(seed)")
            }
            await herd.close()
            try await group.waitForAll()
        }
    }

    /// Whether every file was sent whole, so that no further blow could hit anything.
    private static func isDone(_ log: ServerLog, files total: Int) -> Bool {
        guard log.requests.count >= total else { return false }
        return Set(log.requests.filter { $0.ending == .complete }.map(\.path)).count >= total
    }

    private func check(_ rig: DownloadRig, _ files: [String: [TestFile]]) async throws {
        #expect(rig.server.maximumConcurrency <= Self.slots)
        var expected: [String] = []
        for (name, own) in files {
            let states = try await rig.states(in: name)
            #expect(states.count == own.count)
            #expect(Set(states.values) == ["succeeded"], "\(name)")
            expected.append(name)
            for file in own {
                #expect(try rig.isRight(name + file.path, file.path), "\(file.path)")
                expected.append(name + file.path)
            }
        }
        #expect(rig.saved() == expected.sorted())
        let home = rig.adm.admHome
        let databases = Self.workspaces.map { "\(home)/workspaces/\($0)/jobs.db" }
        for path in databases + ["\(home)/coordination/ledger.db"] {
            let command = ChildProcess.Command(
                "/usr/bin/env",
                ["sqlite3", path, "PRAGMA integrity_check"],
                environment: rig.adm.variables
            )
            #expect(try await ChildProcess.output(command).output == "ok\n", "\(path)")
        }
        let report = try await rig.budget()
        #expect(report.slots.isEmpty && report.processes.isEmpty)
        let holders = home + "/coordination/holders"
        #expect(try FileManager.default.contentsOfDirectory(atPath: holders).isEmpty)
    }
}

/// The processes of a test, each in its place.
private actor Herd {
    private var children: [Int: ChildProcess] = [:]
    private(set) var isClosed = false

    func put(_ child: ChildProcess, at place: Int) {
        children[place] = child
        if isClosed { child.send(SIGTERM) }
    }

    /// Sends a signal to the process in a place.
    func strike(_ place: Int, _ signal: Int32) { children[place]?.send(signal) }

    /// Ends all of them.
    func close() {
        isClosed = true
        for child in children.values {
            child.send(SIGCONT)
            child.send(SIGTERM)
        }
    }
}
