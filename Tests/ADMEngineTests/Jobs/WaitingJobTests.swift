import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Jobs that somebody here waits for and that do not run: what others do to them ends the waiting.
@Suite(.timeLimit(.minutes(1))) struct WaitingJobTests {
    /// Runs a test with a job that waits a minute for its next attempt.
    private func waiting(
        _ body: @Sendable (JobBench, Job) async throws -> Void
    ) async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(503, retryAfter: .seconds(60))]
        let file = TestFile("/busy.bin", length: 1000, seed: 4, behaviour)
        try await JobRig.with([file], ["ADM_MAX_RETRY_AFTER": "10m"]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/busy.bin")
                try await bench.eventually {
                    await bench.progress().first?.phase == .waiting ? true : nil
                }
                try await body(bench, job)
                // Whatever became of it, it is shown no longer.
                try await bench.eventually { await bench.progress().isEmpty ? true : nil }
            }
        }
    }

    @Test func `a job between two attempts is shown with the time that is left`() async throws {
        try await waiting { bench, job in
            let progress = try #require(await bench.progress().first)
            #expect(progress.job == job.id)
            #expect(progress.connections == 0 && progress.currentSpeed == 0)
            #expect((1...61.1).contains(try #require(progress.etaSeconds)))
            // It waits for a server and not for a place.
            #expect(await bench.waitingCount() == 0)
            try await bench.cancel(job)
            #expect(try await bench.end(of: job).word == "cancelled")
        }
    }

    @Test func `one that is paused is held, with the reason of the last attempt`() async throws {
        try await waiting { bench, job in
            #expect(try await bench.act(.pause).changed == 1)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "paused" && outcome.failure?.code == .remoteBusy)
            #expect(outcome.job.state == .paused && outcome.job.pausedBy == .person)
        }
    }

    @Test func `one that is cancelled is cancelled`() async throws {
        try await waiting { bench, job in
            #expect(try await bench.act(.cancel).changed == 1)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "cancelled" && outcome.job.state == .cancelled)
        }
    }

    @Test func `one that is removed counts as cancelled`() async throws {
        try await waiting { bench, job in
            #expect(try await bench.remove(bench.job()) == nil)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "cancelled" && outcome.job.id == job.id)
        }
    }

    @Test func `one whose row cannot be read any more fails with that reason`() async throws {
        try await waiting { bench, job in
            try await bench.rig.damage("UPDATE job SET state = 'paused', url = 'http://[]/x'")
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "failed" && outcome.failure?.code == .databaseDamaged)
        }
    }

    @Test func `another process that wants the same is told that somebody waits for it`()
        async throws
    {
        try await waiting { bench, job in
            try await bench.rig.open { other in
                await expectFailure(.locked, "another process waits for job 1") {
                    try await other.add("/busy.bin")
                }
            }
            try await bench.cancel(job)
            #expect(try await bench.end(of: job).word == "cancelled")
        }
    }

    @Test func `one that waits for a place is paused by somebody else, who is named as the reason`()
        async throws
    {
        let files = [stallingFile("/first.bin"), stallingFile("/second.bin")]
        try await JobRig.with(files, ["ADM_MAX_CONCURRENT": "1"]) { rig in
            try await rig.open { bench in
                let first = try await bench.add("/first.bin")
                try await rig.server.waitUntilStalled(path: "/first.bin")
                let second = try await bench.add("/second.bin")
                #expect(await bench.waitingCount() == 1)
                #expect(try await bench.act(.pause, on: second.number).changed == 1)
                let outcome = try await bench.end(of: second)
                #expect(outcome.word == "paused")
                #expect(outcome.failure?.code == .unfinished)
                #expect(outcome.failure?.message == "job 2 was paused by somebody else")
                #expect(outcome.failure?.hint == "adm resume 2 continues it")
                #expect(rig.server.requests("/second.bin").isEmpty)
                try await bench.cancel(first)
                #expect(try await bench.end(of: first).word == "cancelled")
            }
        }
    }

    @Test func `leaving holds what waits for a place too`() async throws {
        struct Left: Error {}
        let files = [stallingFile("/first.bin"), stallingFile("/second.bin")]
        try await JobRig.with(files, ["ADM_MAX_CONCURRENT": "1"]) { rig in
            await #expect(throws: Left.self) {
                try await rig.open { bench in
                    try await bench.add("/first.bin")
                    try await bench.add("/second.bin")
                    try await rig.server.waitUntilStalled(path: "/first.bin")
                    throw Left()
                }
            }
            try await rig.open { bench in
                let jobs = try await [bench.job(1), bench.job(2)]
                #expect(jobs.map(\.state) == [.paused, .paused])
                #expect(jobs.map(\.pausedBy) == [.interruption, .interruption])
            }
        }
    }
}
