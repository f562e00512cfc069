import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Runs that come after another one: what they keep of its bytes.
@Suite(.timeLimit(.minutes(1))) struct ResumingTests {
    /// Fetches a part of a file and leaves; returns the job as it is held.
    private func interrupt(
        _ rig: JobRig,
        _ change: @Sendable (inout JobRequest) -> Void = { _ in }
    ) async throws -> Job {
        try await rig.open { bench in
            try await bench.add("/file.bin", change)
            try await rig.server.waitUntilStalled(path: "/file.bin")
            try await bench.waitUntilKept()
        }
        return try await rig.open { try await $0.job() }
    }

    @Test func `leaving holds the job, and the next run asks for what is missing`() async throws {
        try await JobRig.with([stallingFile()]) { rig in
            let held = try await interrupt(rig)
            #expect(held.state == .paused && held.pausedBy == .interruption)
            #expect(held.attempts == 0 && held.bytesDone > 0 && held.bytesDone <= 600_000)
            #expect(held.validators.entityTag != nil && held.bytesTotal == 2_000_000)
            try await rig.open { bench in
                try await bench.resume(held)
                let outcome = try await bench.end(of: held)
                #expect(outcome.word == "succeeded", "\(outcome)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                let last = try #require(rig.server.servedRanges(path: "/file.bin").last)
                #expect(last == ByteRange(held.bytesDone, 2_000_000))
                let history = try await bench.history()
                #expect(history.suffix(4) == ["paused", "queued", "started", "completed"])
            }
        }
    }

    @Test func `asking for the same again goes on with the same job`() async throws {
        try await JobRig.with([stallingFile()]) { rig in
            let held = try await interrupt(rig)
            try await rig.open { bench in
                let job = try await bench.add("/file.bin")
                #expect(job.id == held.id)
                #expect(try await bench.end(of: job).word == "succeeded")
                #expect(try await bench.states() == [1: .succeeded])
                let last = rig.server.servedRanges(path: "/file.bin").last
                #expect(last?.start == held.bytesDone)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a file that changed meanwhile is fetched from its first byte`(
        hasTag: Bool
    ) async throws {
        let file = stallingFile {
            if !hasTag { $0.entityTag = .none }
            $0.versionMovesLastModified = true
        }
        try await JobRig.with([file]) { rig in
            let held = try await interrupt(rig)
            rig.server.update("/file.bin") { $0.version = 1 }
            try await rig.open { bench in
                try await bench.resume(held)
                let outcome = try await bench.end(of: held)
                #expect(outcome.word == "succeeded", "\(outcome)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                let history = try await bench.history()
                #expect(history.count { $0 == "started" } == 2, "\(history)")
                #expect(outcome.job.validators != held.validators)
                let last = rig.server.servedRanges(path: "/file.bin").last
                #expect(last == ByteRange(0, 2_000_000))
            }
        }
    }

    @Test func `a server that cannot resume gives the file from its first byte`() async throws {
        let file = stallingFile {
            $0.ranges = .ignored
            $0.entityTag = .none
            $0.lastModified = nil
        }
        try await JobRig.with([file]) { rig in
            let held = try await interrupt(rig)
            #expect(held.bytesDone > 0)
            try await rig.open { bench in
                try await bench.resume(held)
                let outcome = try await bench.end(of: held)
                #expect(outcome.word == "succeeded", "\(outcome)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                let last = rig.server.servedRanges(path: "/file.bin").last
                #expect(last == ByteRange(0, 2_000_000))
            }
        }
    }

    @Test func `a secret field is not stored, and is asked for again`() async throws {
        let secret = try HeaderField(name: "Authorization", value: "Bearer abc")
        let file = stallingFile {
            $0.requiredHeader = Behaviour.RequiredHeader("Authorization", "Bearer abc")
        }
        try await JobRig.with([file]) { rig in
            let held = try await interrupt(rig) { $0.headers = [secret] }
            #expect(held.withheldHeaders.map { $0.lowercased() } == ["authorization"])
            try await rig.open { bench in
                await expectFailure(.authentication, "job 1 needs the header field", "again") {
                    try await bench.resume(held)
                }
                // Nobody runs it by mistake in the meantime.
                #expect(rig.server.requests("/file.bin").count == 1)
                try await bench.resume(bench.job(), headers: [secret])
                #expect(try await bench.end(of: held).word == "succeeded")
                #expect(try rig.isRight("file.bin", "/file.bin"))
            }
        }
    }

    @Test func `who asks later for the end of a job is told what was recorded`() async throws {
        let files = [TestFile("/good.bin", length: 1000, seed: 4), stallingFile("/held.bin")]
        try await JobRig.with(files) { rig in
            try await rig.open { bench in
                #expect(try await bench.fetch("/good.bin").word == "succeeded")
                #expect(try await bench.fetch("/missing.bin").word == "failed")
                let held = try await bench.add("/held.bin")
                let other = try await bench.enqueue("/good.bin") { $0.fileName = "other.bin" }
                try await bench.cancel(bench.job(other))
                try await rig.server.waitUntilStalled(path: "/held.bin")
                try await bench.act(.pause, on: held.number)
                #expect(try await bench.end(of: held).word == "paused")
            }
            try await rig.open { bench in
                var outcomes: [JobOutcome] = []
                for number in 1...4 as ClosedRange<Int64> {
                    outcomes.append(try await bench.end(of: bench.job(number)))
                }
                #expect(outcomes.map(\.word) == ["succeeded", "failed", "paused", "cancelled"])
                #expect(outcomes[0].completion?.destinationPath == rig.path("good.bin"))
                #expect(outcomes[0].completion?.totalBytes == 1000)
                #expect(outcomes[1].failure?.code == .remoteNotFound)
                await expectFailure(.jobNotFound) { try await bench.end(of: JobID()) }
            }
        }
    }

    @Test func `the last hundred ends are remembered, the others are read`() async throws {
        try await JobRig.with { rig in
            try rig.write("mine", as: "there.bin")
            try await rig.open { bench in
                let requests = try (0...100).map { number in
                    try bench.request("/\(number)") {
                        $0.fileName = "there.bin"
                        $0.ifExists = .skip
                    }
                }
                let ends = await bench.ends()
                let jobs = try await bench.add(requests)
                var count = 0
                try await eventually(ends) { _ in
                    count += 1
                    return count == jobs.count
                }
                var words: [String] = []
                for job in jobs { words.append(try await bench.end(of: job).word) }
                // Of a job that was skipped its row says that nothing is left to do.
                #expect(words.count { $0 == "succeeded" } == 1)
                #expect(words.count { $0 == "skipped" } == 100)
                #expect(rig.server.requests().isEmpty)
            }
        }
    }
}
