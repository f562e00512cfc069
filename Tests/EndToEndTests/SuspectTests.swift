import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Q4: a job kills every process that fetches it, and the others of the queue come through.
@Suite(.timeLimit(.minutes(5))) struct SuspectTests {
    private static let killer = TestFile("/killer.bin", length: 1000, seed: 9, stalling())

    private static func stalling() -> Behaviour {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 0)]
        return behaviour
    }

    private static func neighbours() -> [TestFile] {
        (0..<3).map { TestFile("/n\($0).bin", length: 4000, seed: UInt64($0), stalling()) }
    }

    /// Runs the queue and kills the process as soon as it asks for the killer, once all of `others` were
    /// asked for too; nil if it ended by itself.
    private func runAndKill(_ rig: DownloadRig, besides others: [TestFile]) async throws -> Int32? {
        let paths = [Self.killer.path] + others.map(\.path)
        let before = paths.map { rig.server.requests($0).count }
        return try await rig.running("--until-empty") { child in
            let wasAsked = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await rig.server.waitUntil { log in
                        zip(paths, before).allSatisfy { path, count in
                            log.requests.count { $0.path == path } > count
                        }
                    }
                    return true
                }
                group.addTask {
                    _ = try await child.wait()
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
            guard wasAsked, child.termination == nil else { return try await child.wait().status }
            child.kill()
            _ = try await child.wait()
            return nil
        }
    }

    @Test func `Q4 a job that kills its processes is given up alone`() async throws {
        let neighbours = Self.neighbours()
        try await DownloadRig.run([Self.killer] + neighbours) { rig in
            try await rig.enqueue([Self.killer.path] + neighbours.map(\.path))
            // Twice everything that runs dies together.
            for _ in 1...2 {
                #expect(try await runAndKill(rig, besides: neighbours) == nil)
            }
            #expect(try await rig.states().values.allSatisfy { $0 == "ready" || $0 == "running" })
            for file in neighbours {
                rig.server.update(file.path) { $0.behaviour.interruptions = [] }
            }
            rig.server.release()
            let mark = rig.server.log.requests.count
            // From now on each runs alone: the killer kills once more, and that is all.
            var deaths = 0
            while try await runAndKill(rig, besides: []) == nil {
                deaths += 1
                try #require(deaths < 5, "it does not stop killing")
            }
            #expect(deaths == 1)
            #expect(
                try await rig.states() == [
                    1: "failed", 2: "succeeded", 3: "succeeded", 4: "succeeded",
                ]
            )
            #expect(try await rig.show(1).failure?.code == "poison")
            let first = rig.server.log.requests.dropFirst(mark).first
            #expect(first?.path == Self.killer.path, "it was the most urgent and began alone")
            for name in neighbours.map({ $0.path.dropFirst() }) {
                #expect(rig.saved().contains("default/\(name)"))
            }
        }
    }

    @Test func `Q4 downloads in the foreground are tried alone too`() async throws {
        let neighbours = Self.neighbours()
        try await DownloadRig.run([Self.killer] + neighbours) { rig in
            let files = [Self.killer] + neighbours
            let line =
                ["download", "-d", rig.directory, "--progress", "none"]
                + files.map { rig.server.url($0.path) }
            for round in 1...2 {
                try await rig.adm.run(line) { child in
                    try await rig.server.waitUntil { log in
                        files.allSatisfy { file in
                            log.requests.count { $0.path == file.path } >= round
                        }
                    }
                    child.kill()
                    _ = try await child.wait()
                }
            }
            for file in neighbours {
                rig.server.update(file.path) { $0.behaviour.interruptions = [] }
            }
            rig.server.release()
            let killed = rig.server.requests(Self.killer.path).count
            try await rig.adm.run(line) { child in
                try await rig.server.waitUntil { log in
                    log.requests.count { $0.path == Self.killer.path } > killed
                }
                #expect(try await rig.states().values.count { $0 == "running" } == 1)
                child.kill()
                _ = try await child.wait()
            }
            let last = try await rig.adm.output(["resume", "2", "3", "4"])
            #expect(last.status == 0, "\(last.errorOutput)")
            #expect(try await rig.show(1).failure?.code == "poison")
            #expect(rig.saved().count { $0.hasPrefix("n") } == 3)
        }
    }
}
