import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `limit-rate`: how long a file takes at least.
///
/// Only lower bounds are checked: a slow machine may take longer.
@Suite(.timeLimit(.minutes(2))) struct RateTests {
    private static let mebibyte: Int64 = 1_048_576

    /// How long an action took.
    private func time(_ body: () async throws -> Void) async rethrows -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        return start.duration(to: clock.now)
    }

    @Test(arguments: ["512KiB", "512k", "524288", "0.5MiB"])
    func `a limit on the command line is kept`(rate: String) async throws {
        let file = TestFile("/a.bin", length: Self.mebibyte, seed: 3)
        try await DownloadRig.run([file]) { rig in
            let duration = try await time {
                let outcome = try await rig.download("/a.bin", "--limit-rate", rate)
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(duration >= .seconds(1.2))
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `the limit of a job is changed while it runs, and nothing else of it`() async throws
    {
        let file = TestFile("/a.bin", length: 8 * Self.mebibyte, seed: 3)
        try await DownloadRig.run([file]) { rig in
            // It would take a quarter of an hour.
            let line = ["download", "-d", rig.directory, "--limit-rate", "10k"]
            try await rig.adm.run(line + [rig.server.url("/a.bin")]) { child in
                try await rig.waitUntilKept()
                let other = try await rig.adm.output(["queue", "set", "1", "--priority", "5"])
                #expect(other.status == 8, "\(other.errorOutput)")
                let free = try await rig.adm.output(["queue", "set", "1", "--limit-rate", "0"])
                #expect(free.status == 0, "\(free.errorOutput)")
                #expect(try await child.wait().status == 0)
            }
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `all connections of a file share its limit`() async throws {
        let file = TestFile("/a.bin", length: 12 * Self.mebibyte, seed: 3)
        try await DownloadRig.run([file]) { rig in
            let duration = try await time {
                let outcome = try await rig.download(
                    "/a.bin",
                    "--limit-rate",
                    "6MiB",
                    "--max-connections",
                    "4"
                )
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(duration >= .seconds(1.2))
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `a server of unknown length is limited too`() async throws {
        var behaviour = Behaviour()
        behaviour.ranges = .ignored
        behaviour.framing = .chunked
        let file = TestFile("/a.bin", length: Self.mebibyte, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let duration = try await time {
                let outcome = try await rig.download("/a.bin", "--limit-rate", "512KiB")
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(duration >= .seconds(1.2))
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `a limit holds back what the server sends, not only what is written`()
        async throws
    {
        // Far more than the socket buffers of both sides hold, and than the limit lets through.
        let file = TestFile("/a.bin", length: 512 * Self.mebibyte, seed: 3)
        try await DownloadRig.run([file]) { rig in
            let line = ["download", "-d", rig.directory, "--limit-rate", "512KiB"]
            let options = ["--max-connections", "1", "--progress", "json"]
            let url = rig.server.url("/a.bin")
            let outcome = try await rig.adm.run(line + options + [url]) { child in
                try await rig.server.waitUntilServed(path: "/a.bin", bytes: Self.mebibyte)
                try await child.waitForOutput(containing: "download.progress")
                child.send(SIGINT)
                return try await child.wait()
            }
            #expect(outcome.status == 130, "\(outcome.errorOutput)")
            #expect(rig.server.bytesServed(path: "/a.bin") < 64 * Self.mebibyte)
        }
    }

    @Test func `a limit counts from the environment, the profile and a line of a list`()
        async throws
    {
        let files = (0..<3).map {
            TestFile("/f\($0).bin", length: Self.mebibyte, seed: UInt64($0))
        }
        try await DownloadRig.run(files) { rig in
            var limited = rig.adm
            limited.environment["ADM_LIMIT_RATE"] = "512KiB"
            let line = ["download", "-d", rig.directory]
            let environment = try await time {
                let outcome = try await limited.output(line + [rig.server.url("/f0.bin")])
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(environment >= .seconds(1.2))
            let list = try await time {
                let outcome = try await rig.adm.output(
                    ["download", "batch", "-", "-d", rig.directory],
                    input: .text("\(rig.server.url("/f1.bin"))\tlimit-rate=512KiB\n")
                )
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(list >= .seconds(1.2))
            let set = try await rig.adm.output(["profile", "set", "limit-rate", "512KiB"])
            #expect(set.status == 0, "\(set.errorOutput)")
            let profile = try await time {
                let outcome = try await rig.adm.output(line + [rig.server.url("/f2.bin")])
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(profile >= .seconds(1.2))
        }
    }

    @Test func `a job that is resumed keeps its limit`() async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(404, .first(2))]
        let file = TestFile("/a.bin", length: Self.mebibyte, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let failed = try await rig.download("/a.bin", "--limit-rate", "512KiB")
            #expect(failed.status == 3, "\(failed.errorOutput)")
            let duration = try await time {
                let outcome = try await rig.adm.output(["resume", "1"])
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
            }
            #expect(duration >= .seconds(1.2))
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test(arguments: ["fast", "-1", "1XB"])
    func `a limit that is none is refused before anything is fetched`(rate: String) async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 10)]) { rig in
            let outcome = try await rig.download("/a.bin", "--limit-rate=\(rate)")
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("limit-rate"), "\(outcome.errorOutput)")
            #expect(rig.server.requests().isEmpty)
        }
    }
}
