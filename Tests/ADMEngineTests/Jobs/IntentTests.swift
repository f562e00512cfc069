import ADMCatalog
import ADMEngine
import ADMModel
import ADMSystem
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Jobs that run and that somebody, here or elsewhere, wants to stop.
@Suite(.timeLimit(.minutes(1))) struct IntentTests {
    /// Runs a test with a job that somebody waits for and that has some of its bytes.
    private func running(
        _ body: @Sendable (JobBench, Job) async throws -> Void
    ) async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/file.bin")
                try await rig.server.waitUntilStalled(path: "/file.bin")
                try await bench.waitUntilKept()
                try await body(bench, job)
            }
        }
    }

    /// Opens the database for somebody who takes all others for dead.
    private func suspicious(
        _ rig: JobRig,
        _ body: @Sendable (Catalog) async throws -> Void
    ) async throws {
        let layout = rig.layout
        let liveness = Liveness(isAlive: { _ in false }, wake: { _ in }, wakeAll: {})
        let catalog = try await Catalog.open(
            layout.workspace(.standard),
            home: layout,
            liveness: liveness
        )
        do { try await body(catalog) } catch {
            await catalog.close()
            throw error
        }
        await catalog.close()
    }

    @Test func `a job that is paused keeps its bytes, and resuming it fetches the rest`()
        async throws
    {
        try await running { bench, job in
            #expect(try await bench.act(.pause).requested == 1)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "paused" && outcome.failure == nil)
            #expect(outcome.job.pausedBy == .person && outcome.job.attempts == 0)
            let done = outcome.job.bytesDone
            #expect(done > 0 && done <= 600_000)
            #expect(try await bench.history() == ["queued", "started", "paused"])
            try await bench.resume(outcome.job)
            let last = try await bench.end(of: job)
            #expect(last.completion?.totalBytes == 2_000_000, "\(last)")
            #expect(try bench.rig.isRight("file.bin", "/file.bin"))
            let served = bench.rig.server.servedRanges(path: "/file.bin")
            #expect(served.last?.start == done)
        }
    }

    @Test func `asking again for what runs here is asking for the same job`() async throws {
        try await running { bench, job in
            #expect(try await bench.add("/file.bin").id == job.id)
            let request = try bench.request("/file.bin")
            #expect(try await bench.add([request, request]).map(\.id) == [job.id, job.id])
            bench.rig.server.release("/file.bin")
            #expect(try await bench.end(of: job).word == "succeeded")
            #expect(bench.rig.server.requests("/file.bin").count == 1)
            #expect(try await bench.states() == [1: .succeeded])
        }
    }

    @Test func `a job that was taken away is not cancelled twice`() async throws {
        try await running { bench, job in
            try await suspicious(bench.rig) { catalog in
                _ = try await catalog.control.cancel(number: 1)
            }
            try await bench.cancel(job)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "cancelled" && outcome.job.state == .cancelled)
            #expect(try await bench.history() == ["queued", "started", "cancelled"])
        }
    }

    @Test func `a job that is cancelled through the queue ends for good and keeps its part file`()
        async throws
    {
        try await running { bench, job in
            #expect(try await bench.act(.cancel).requested == 1)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "cancelled" && outcome.job.state == .cancelled)
            let last = try #require(try await bench.recorded().last)
            #expect(last.kind == .cancelled(from: .running))
            #expect(FileManager.default.fileExists(atPath: try bench.rig.part()))
            // Removing it afterwards removes that too.
            #expect(try await bench.remove(outcome.job) == nil)
            #expect(bench.rig.saved() == [])
        }
    }

    @Test(arguments: [QueueAction.pause, .cancel])
    func `another process stops a job, and continues it`(action: QueueAction) async throws {
        try await running { bench, job in
            try await bench.rig.open { other in
                await expectFailure(.locked, "is being downloaded by another process") {
                    try await other.add("/file.bin")
                }
                await expectFailure(.locked, "is being downloaded by another process") {
                    try await other.resume(other.job())
                }
                #expect(try await other.act(action).requested == 1)
                let outcome = try await bench.end(of: job)
                #expect(outcome.word == (action == .pause ? "paused" : "cancelled"))
                try await other.resume(outcome.job)
                let last = try await other.end(of: job)
                #expect(last.word == "succeeded", "\(last)")
                #expect(try bench.rig.isRight("file.bin", "/file.bin"))
            }
        }
    }

    @Test(arguments: [true, false])
    func `a job that is held is free for the queue, whoever waited for it`(
        isRunning: Bool
    ) async throws {
        let files = [stallingFile(), stallingFile("/next.bin")]
        try await JobRig.with(files, ["ADM_MAX_CONCURRENT": "1"]) { rig in
            try await rig.open { bench in
                let first = try await bench.add("/file.bin")
                try await rig.server.waitUntilStalled(path: "/file.bin")
                let next = try await bench.add("/next.bin")
                let held = isRunning ? first : next
                try await bench.act(.pause, on: held.number)
                #expect(try await bench.end(of: held).word == "paused")
                // Its process lives on, and does not want it any more.
                try await rig.open { other in
                    #expect(try await other.act(.resume, on: held.number).changed == 1)
                    rig.server.update("/file.bin") { $0.behaviour.interruptions = [] }
                    rig.server.update("/next.bin") { $0.behaviour.interruptions = [] }
                    try await other.drain()
                    #expect(try await other.job(held.number).state == .succeeded)
                }
            }
        }
    }

    @Test func `an attempt that fails after somebody asked for a pause is not followed by another`()
        async throws
    {
        try await running { bench, job in
            try await suspicious(bench.rig) { catalog in
                // Nobody is woken: the failure of the attempt may come first.
                let selection = JobSelection(numbers: [job.number])
                let step = try await catalog.control.apply(.pause, to: selection)
                #expect(step.outcomes.map(\.result) == [.requested])
            }
            bench.rig.server.breakConnections(reset: true)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "paused" && outcome.job.pausedBy == .person)
            #expect(try await bench.history() == ["queued", "started", "paused"])
        }
    }

    /// What happens to a run whose job was taken away.
    enum Next: String, CaseIterable, Sendable {
        case goesOn, breaks

        func happen(_ rig: JobRig) {
            switch self {
            case .goesOn: rig.server.release("/file.bin")
            case .breaks: rig.server.breakConnections(reset: true)
            }
        }
    }

    @Test(arguments: Next.allCases)
    func `a job that somebody took for dead and cancelled ends as cancelled here too`(
        next: Next
    ) async throws {
        try await running { bench, job in
            try await suspicious(bench.rig) { catalog in
                guard case .cancelled = try await catalog.control.cancel(number: 1) else {
                    Issue.record("the job was not cancelled at once")
                    return
                }
            }
            next.happen(bench.rig)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "cancelled" && outcome.job.state == .cancelled)
            #expect(try await bench.history() == ["queued", "started", "cancelled"])
            #expect(!bench.rig.saved().contains("file.bin"))
        }
    }

    @Test(arguments: Next.allCases)
    func `a job that went to somebody else is left to them`(next: Next) async throws {
        try await running { bench, job in
            try await suspicious(bench.rig) { catalog in
                let recovery = try await catalog.control.recover()
                #expect(recovery.ready == [1])
            }
            next.happen(bench.rig)
            let outcome = try await bench.end(of: job)
            #expect(outcome.word == "failed" && outcome.failure?.code == .locked)
            #expect(outcome.failure?.message == "job 1 went to another process")
            #expect(try await bench.job().state == .ready)
            #expect(!bench.rig.saved().contains("file.bin"))
            #expect(try await bench.history() == ["queued", "started"])
        }
    }
}
