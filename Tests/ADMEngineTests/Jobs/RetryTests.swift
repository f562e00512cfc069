import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Attempts that fail: which are followed by another one, when, and what is told of them.
@Suite(.timeLimit(.minutes(1))) struct RetryTests {
    private func file(_ refusals: Refusal...) -> TestFile {
        var behaviour = Behaviour()
        behaviour.refusals = refusals
        return TestFile("/file.bin", length: 3_000_000, seed: 4, behaviour)
    }

    /// The number of each retry that was recorded, and of how many.
    private func retries(_ bench: JobBench) async throws -> [[Int]] {
        try await bench.recorded().compactMap { event in
            guard case .retrying(let retry, let limit, _, _) = event.kind else { return nil }
            return [retry, limit]
        }
    }

    @Test func `a busy server is asked as often again as the settings say, then the job fails`()
        async throws
    {
        try await JobRig.with([file(Refusal(503))], ["ADM_RETRIES": "2"]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                #expect(outcome.word == "failed" && outcome.failure?.code == .remoteBusy)
                #expect(try await retries(bench) == [[1, 2], [2, 2]])
                let history = try await bench.history()
                #expect(history == ["queued", "retrying", "retrying", "failed"])
                let job = try await bench.job()
                #expect(job.state == .failed && job.attempts == 3)
                #expect(job.failure?.message == outcome.failure?.message)
                let failures = try await bench.failures(of: job)
                #expect(failures.map(\.failure.code) == [.remoteBusy, .remoteBusy, .remoteBusy])
                #expect(rig.saved() == [])
            }
        }
    }

    @Test func `retries are counted again after bytes were gained, and none is fetched twice`()
        async throws
    {
        var behaviour = Behaviour()
        behaviour.interruptions = [.cut(after: 600_000, .first(3))]
        let file = TestFile("/file.bin", length: 3_000_000, seed: 4, behaviour)
        try await JobRig.with([file], ["ADM_RETRIES": "1"]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                #expect(outcome.word == "succeeded", "\(outcome)")
                #expect(try await retries(bench) == [[1, 1], [1, 1], [1, 1]])
                #expect(try rig.isRight("file.bin", "/file.bin"))
                let starts = rig.server.servedRanges(path: "/file.bin").map(\.start)
                #expect(starts.count == 4 && starts == starts.sorted())
                #expect(Set(starts).count == 4, "\(starts)")
                #expect(try await bench.job().attempts == 4)
            }
        }
    }

    @Test(
        arguments: [
            (404, .remoteNotFound), (410, .remoteNotFound), (403, .authentication),
        ] as [(Int, Failure.Code)]
    )
    func `what stays as it is is not tried again`(status: Int, code: Failure.Code) async throws {
        try await JobRig.with([file(Refusal(status))], ["ADM_RETRIES": "5"]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                #expect(outcome.word == "failed" && outcome.failure?.code == code)
                #expect(try await bench.history() == ["queued", "failed"])
                #expect(try await bench.job().attempts == 1)
            }
        }
    }

    @Test func `a server that asks for a second is asked again after it`() async throws {
        let busy = Refusal(503, .first(1), retryAfter: .seconds(1))
        try await JobRig.with([file(busy)]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                #expect(outcome.word == "succeeded", "\(outcome)")
                let retried = try #require(
                    try await bench.recorded().first { $0.name.hasSuffix("retrying") }
                )
                guard case .retrying(1, _, let delay, let error) = retried.kind else {
                    Issue.record("\(retried)")
                    return
                }
                #expect(error.retryAfter == 1 && delay > 0 && delay < 2.1)
                #expect(error.askedBy == "http://127.0.0.1:\(rig.server.port)")
                let times = rig.server.requests("/file.bin").map(\.startedAt)
                #expect(times[0].duration(to: times[1]) >= .seconds(0.9))
            }
        }
    }

    @Test func `nobody who watches waits longer for a server than the settings allow`()
        async throws
    {
        let busy = Refusal(503, retryAfter: .seconds(7200))
        try await JobRig.with([file(busy)], ["ADM_MAX_RETRY_AFTER": "1m"]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                let failure = try #require(outcome.failure)
                #expect(outcome.word == "failed" && failure.code == .remoteBusy)
                #expect(failure.message.contains("it asks to come back after 20"))
                #expect(failure.hint?.contains("--max-retry-after") == true)
                #expect(rig.server.requests().count == 1)
                #expect(try await bench.history() == ["queued", "failed"])
                // The end of the job tells all others that the server wants to be left alone.
                let origin = "http://127.0.0.1:\(rig.server.port)"
                try await bench.eventually {
                    let origins = try await bench.home.budgetReport().coolDowns.map(\.origin)
                    return origins == [origin] ? true : nil
                }
            }
        }
    }

    @Test func `a job of the queue waits as long as it is asked to, and resuming it ends that`()
        async throws
    {
        let busy = Refusal(503, retryAfter: .seconds(7200))
        try await JobRig.with([file(busy)], ["ADM_MAX_RETRY_AFTER": "1m"]) { rig in
            try await rig.open { bench in
                let events = await bench.events()
                let notices = await bench.notices()
                let before = Date()
                try await bench.enqueue("/file.bin")
                try await bench.draining {
                    try await eventually(events) { event in
                        guard case .retrying(1, _, let delay, _) = event.kind else { return false }
                        #expect((7000...7201.1).contains(delay))
                        return true
                    }
                    let notice = try await eventually(notices) { _ in true }
                    #expect(notice.origin == "http://127.0.0.1:\(rig.server.port)")
                    #expect(notice.until >= before.addingTimeInterval(7000))
                    #expect(try await bench.job().state == .retrying)
                    rig.server.update("/file.bin") { $0.behaviour.refusals = [] }
                    try await bench.eventually {
                        try await bench.home.endCoolDowns().isEmpty ? nil : true
                    }
                    let job = try await bench.resume(bench.job())
                    #expect(try await bench.end(of: job).word == "succeeded")
                }
                #expect(try rig.isRight("file.bin", "/file.bin"))
            }
        }
    }
}
