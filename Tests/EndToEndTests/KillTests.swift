import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// K1: the process is killed at any moment, and nothing is lost, mixed or fetched twice.
@Suite struct KillTests {
    private static let length: Int64 = 64 * 1_048_576

    /// How many kills; more by hand: `ADM_KILLS=200 swift test --filter KillTests`.
    private static var kills: Int {
        ProcessInfo.processInfo.environment["ADM_KILLS"].flatMap(Int.init) ?? 12
    }

    @Test func `K1 killed at random moments, it continues from the last checkpoint`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var killed = 0
        while killed < Self.kills {
            var behaviour = Behaviour()
            behaviour.bytesPerSecond = 12 * 1_048_576
            let file = TestFile("/large.bin", length: Self.length, seed: seed, behaviour)
            let moments = (0..<4).map { _ in Int64.random(in: 0..<Self.length, using: &generator) }
            try await DownloadRig.run([file]) { rig in
                for moment in moments {
                    let wasKilled = try await runAndKill(rig, after: moment)
                    killed += wasKilled ? 1 : 0
                    try await rig.server.waitUntilIdle(path: "/large.bin")
                    if !wasKilled { break }
                }
                let before = try await checkpoint(rig)
                if !before.isFinished {
                    let outcome = try await rig.download("/large.bin", "--max-connections", "4")
                    #expect(outcome.status == 0, "\(outcome.errorOutput) seed \(seed)")
                    checkRequests(rig, since: before, seed: seed)
                }
                #expect(try rig.isRight("large.bin", "/large.bin"), "seed \(seed)")
                #expect(rig.saved() == ["large.bin"], "seed \(seed)")
                let holders = rig.adm.admHome + "/coordination/holders"
                #expect(try FileManager.default.contentsOfDirectory(atPath: holders).isEmpty)
            }
        }
    }

    private struct Checkpoint {
        let requests: Int
        let segments: [ByteRange]
        var isFinished = false
    }

    /// Runs a download until the server has sent some more bytes, and kills it.
    ///
    /// Returns false if it was faster than the killing.
    private func runAndKill(_ rig: DownloadRig, after bytes: Int64) async throws -> Bool {
        let before = try await checkpoint(rig)
        // The last kill came after the end: there is nothing left to kill.
        if before.isFinished { return false }
        let goal = rig.server.bytesServed(path: "/large.bin") + bytes
        let options = ["download", "-d", rig.directory, "--max-connections", "4"]
        let wasKilled = try await rig.adm.run(options + [rig.server.url("/large.bin")]) { child in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await rig.server.waitUntilServed(path: "/large.bin", bytes: goal)
                }
                group.addTask { _ = try await child.wait() }
                try await group.next()
                group.cancelAll()
            }
            let wasRunning = child.termination == nil
            child.kill()
            _ = try await child.wait()
            return wasRunning
        }
        checkRequests(rig, since: before, seed: 0)
        return wasKilled
    }

    /// The bytes that are recorded as safe, and how many requests there were so far.
    private func checkpoint(_ rig: DownloadRig) async throws -> Checkpoint {
        let count = rig.server.requests("/large.bin").count
        guard count > 0 else { return Checkpoint(requests: 0, segments: []) }
        // A job is given up after three deaths before its first byte was safe; then the same command
        // makes another one.
        guard let last = try await rig.states().keys.max() else {
            return Checkpoint(requests: count, segments: [])
        }
        let report = try await rig.show(last)
        guard report.state != "succeeded" else {
            return Checkpoint(requests: count, segments: [], isFinished: true)
        }
        return Checkpoint(
            requests: count,
            segments: report.segments.map { ByteRange($0[0], $0[1]) }
        )
    }

    private func checkRequests(_ rig: DownloadRig, since checkpoint: Checkpoint, seed: UInt64) {
        for request in rig.server.requests("/large.bin").dropFirst(checkpoint.requests) {
            guard let sent = request.servedRange else { continue }
            for safe in checkpoint.segments {
                let overlap = min(sent.end, safe.end) - max(sent.start, safe.start)
                #expect(overlap <= 0, "\(sent) was fetched again, \(safe) was safe; seed \(seed)")
            }
        }
    }
}
