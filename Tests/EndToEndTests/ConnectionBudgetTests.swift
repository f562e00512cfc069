import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Connections are shared among all transfers of all processes, as a server counts them.
@Suite(.timeLimit(.minutes(3))) struct ConnectionBudgetTests {
    @Test func `by default six large files of one host run at once, with eight connections each`()
        async throws
    {
        let files = stallingFiles(9, length: 33_554_432)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            try await rig.running { _ in
                let report = try await rig.waitForBudget { report in
                    report.slots.count == 6 && report.slots.allSatisfy { $0.job != nil }
                }
                #expect(report.slots.map(\.connections) == [8, 8, 8, 8, 8, 8])
                #expect(report.limits.unit == .connections)
                let why = try await rig.why(7)
                #expect(why.reason == .hostLimit && why.limit == 48)
                #expect(why.sentence.contains("48 of at most 48 connections"))
                try await rig.server.waitUntil { log in
                    files.prefix(6).allSatisfy { log.stalled(path: $0.path) > 0 }
                }
                #expect(files.dropFirst(6).allSatisfy { rig.server.requests($0.path).isEmpty })
            }
        }
    }

    @Test func `by default forty-eight small files of one host are fetched at once`() async throws {
        let files = stallingFiles(60, length: 400_000)
        try await DownloadRig.run(files) { rig in
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { runner in
                try await rig.server.waitUntilStalled(files, count: 48)
                let report = try await rig.budget()
                #expect(report.slots.count == 48)
                #expect(report.slots.allSatisfy { $0.connections == 1 })
                try await rig.server.heal(files)
                #expect(try await runner.wait().status == 0)
            }
            #expect(rig.server.maximumConnections <= 48)
            #expect(try await Set(rig.states().values) == ["succeeded"])
        }
    }

    @Test func `a limit on transfers holds for small files too, in however many processes`()
        async throws
    {
        let files = (0..<60).map { TestFile("/f\($0)", length: 2000, seed: UInt64($0)) }
        try await DownloadRig.run(files) { rig in
            try await rig.ok("budget", "set", "--slots", "5", "--per-host", "3")
            try await rig.enqueue(files.map(\.path))
            try await rig.running("--until-empty") { one in
                try await rig.running("--until-empty") { two in
                    let ends = [try await one.wait(), try await two.wait()]
                    #expect(ends.map(\.status) == [0, 0])
                }
            }
            #expect(rig.server.maximumConcurrency <= 3)
            #expect(try await Set(rig.states().values) == ["succeeded"])
        }
    }

    @Test func `a large file gets the connections that others give back, and loses lowered ones`()
        async throws
    {
        var slow = Behaviour()
        slow.bytesPerSecond = 1_048_576
        let large = TestFile("/large.bin", length: 67_108_864, seed: 9, slow)
        let others = stallingFiles(3, prefix: "other", length: 400_000)
        try await DownloadRig.run([large] + others) { rig in
            try await rig.ok("budget", "set", "--connections", "4")
            try await rig.enqueue(others.map(\.path))
            try await rig.running { _ in
                try await rig.server.waitUntilStalled(others, count: 3)
                try await rig.enqueue([large.path])
                try await rig.waitForBudget { $0.slots.count == 4 }
                try await rig.server.waitUntil { $0.running(path: large.path) == 1 }
                #expect(try await rig.budget().slots.map(\.connections) == [1, 1, 1, 1])
                try await rig.server.heal(others)
                try await rig.waitForBudget { $0.slots.map(\.connections) == [4] }
                try await rig.server.waitUntil { $0.running(path: large.path) == 4 }
                try await rig.ok("budget", "set", "--connections", "2")
                try await rig.server.waitUntil { $0.running(path: large.path) == 2 }
                #expect(rig.server.maximumConcurrency(path: large.path) == 4)
            }
        }
    }

    @Test func `no host has more connections than the limit, across processes and a kill`()
        async throws
    {
        var slow = Behaviour()
        slow.bytesPerSecond = 4_194_304
        let files = ["a", "b"].flatMap { name in
            (0..<80).map { TestFile("/\(name)\($0)", length: 20_000, seed: UInt64($0)) }
                + (0..<3).map {
                    TestFile("/\(name)large\($0)", length: 6_291_456, seed: UInt64($0), slow)
                }
        }
        try await DownloadRig.run(files) { rig in
            try await rig.ok("budget", "set", "--connections", "10", "--host-connections", "6")
            for name in ["a", "b"] {
                try await rig.ok("ws", "create", name)
                let own = files.filter { $0.path.hasPrefix("/" + name) }
                try await rig.enqueue(own.map(\.path), in: name)
            }
            try await rig.running("-w", "a", "--until-empty") { killed in
                try await rig.running("-w", "b", "--until-empty") { other in
                    try await rig.running("--all-workspaces", "--until-empty") { both in
                        try await rig.server.waitUntil { $0.requests.count > 40 }
                        killed.kill()
                        _ = try await killed.wait()
                        for end in [try await other.wait(), try await both.wait()] {
                            #expect(end.status == 0, "\(end.errorOutput)")
                        }
                    }
                }
            }
            try await rig.ok("run", "--all-workspaces", "--until-empty")
            for name in ["a", "b"] {
                #expect(try await Set(rig.states(in: name).values) == ["succeeded"])
            }
            for file in files {
                let name = file.path.hasPrefix("/a") ? "a" : "b"
                #expect(try rig.isRight(name + file.path, file.path))
            }
            // One may be on its way to be closed while another one is opened in its place.
            #expect(rig.server.maximumConnections <= 6 + 2)
        }
    }
}
