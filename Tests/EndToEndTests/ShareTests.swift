import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// F1: the shares of workspaces with real processes, counted at the server.
@Suite(.timeLimit(.minutes(3))) struct ShareTests {
    private static func files(_ prefix: String, _ count: Int) -> [TestFile] {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 200_000
        return (0..<count).map {
            TestFile("/\(prefix)\($0).bin", length: 20_000, seed: UInt64($0), behaviour)
        }
    }

    @Test(arguments: [(weight: 1, part: 0.5), (weight: 3, part: 0.75)])
    func `workspaces with enough to do get slots by their weights`(
        weight: Int,
        part: Double
    ) async throws {
        let files = [Self.files("a", 120), Self.files("b", 120)]
        let environment = ["ADM_MAX_CONNECTIONS": "1"]
        try await DownloadRig.run(files.flatMap(\.self), environment: environment) { rig in
            try await rig.ok("budget", "set", "--slots", "4", "--per-host", "0")
            for (name, own) in zip(["a", "b"], files) {
                try await rig.ok("ws", "create", name)
                try await rig.enqueue(own.map(\.path), in: name)
            }
            try await rig.ok("ws", "set", "a", "--weight", "\(weight)")
            try await rig.running("-w", "a") { _ in
                try await rig.running("-w", "b") { _ in
                    // From the moment when both are there until the first one runs dry.
                    try await rig.server.waitUntil { log in
                        log.requests.contains { $0.path.hasPrefix("/b") }
                    }
                    let before = rig.server.requests().count
                    try await rig.server.waitUntil { $0.requests.count >= before + 100 }
                    let window = rig.server.requests().dropFirst(before).prefix(100)
                    let own = Double(window.count { $0.path.hasPrefix("/a") }) / 100
                    #expect(abs(own - part) <= 0.08, "\(own) instead of \(part)")
                }
            }
            #expect(rig.server.maximumConcurrency <= 4)
        }
    }
}
