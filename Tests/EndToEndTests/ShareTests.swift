import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// F1: the shares of workspaces with real processes, counted at the server.
@Suite(.timeLimit(.minutes(3))) struct ShareTests {
    /// Files that stop in the middle until the test resumes them, so that no share depends on
    /// how fast a process is.
    private static func files(_ prefix: String, _ count: Int) -> [TestFile] {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 1000)]
        return (0..<count).map {
            TestFile("/\(prefix)\($0).bin", length: 2000, seed: UInt64($0), behaviour)
        }
    }

    /// Lets answers end, the oldest one first, each after all slots are in use again.
    ///
    /// - Returns: How many slots the first workspace has after each.
    private func shares(_ rig: DownloadRig, after endings: Int) async throws -> [Int] {
        var shares: [Int] = []
        for _ in 0..<endings {
            let stalled = rig.server.log.stalled
            let oldest = try #require(stalled.first)
            let count = rig.server.requests().count
            rig.server.release(oldest.path)
            try await rig.server.waitUntil { log in
                log.requests.count > count && log.stalled.count == 4
            }
            shares.append(rig.server.log.stalled.count { $0.path.hasPrefix("/a") })
        }
        return shares
    }

    @Test(arguments: [(weight: 1, slots: 2), (weight: 3, slots: 3)])
    func `workspaces with enough to do get slots by their weights`(
        weight: Int,
        slots: Int
    ) async throws {
        let files = [Self.files("a", 400), Self.files("b", 100)]
        let environment = ["ADM_MAX_CONNECTIONS": "1"]
        try await DownloadRig.run(files.flatMap(\.self), environment: environment) { rig in
            try await rig.ok("budget", "set", "--slots", "4", "--per-host", "0")
            for (name, own) in zip(["a", "b"], files) {
                try await rig.ok("ws", "create", name)
                try await rig.enqueue(own.map(\.path), in: name)
            }
            try await rig.ok("ws", "set", "a", "--weight", "\(weight)")
            try await rig.running("-w", "a") { _ in
                try await rig.server.waitUntil { $0.stalled.count == 4 }
                try await rig.running("-w", "b") { _ in
                    try await rig.waitForBudget {
                        $0.workspaces.contains { $0.name == "b" && $0.waiting > 0 }
                    }
                    // A workspace keeps its slots for a quarter of a second before it looks who waits.
                    while try await shares(rig, after: 1).last != slots {}
                    #expect(try await shares(rig, after: 24).allSatisfy { $0 == slots })
                }
            }
            #expect(rig.server.maximumConcurrency <= 4)
        }
    }
}
