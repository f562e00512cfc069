import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What the command line can do with jobs, a program can do through `Home`, with the same refusals.
@Suite(.timeLimit(.minutes(1))) struct QueueVerbTests {
    private func with(
        _ files: [TestFile] = [],
        _ body: @Sendable (Workspace, FaultyServer) async throws -> Void
    ) async throws {
        try await FaultyServer.run(files: files) { server in
            try await withTemporaryDirectory { root in
                let environment = [
                    "HOME": root, "ADM_HOME": root + "/.adm", "ADM_RETRIES": "0",
                ]
                try await Home.run(environment) { home in
                    try await body(home.workspace(), server)
                }
            }
        }
    }

    private func request(_ name: String = "a") throws -> JobRequest {
        JobRequest(url: try SourceURL("http://127.0.0.1:9/\(name)"))
    }

    private func add(_ names: String..., in work: Workspace) async throws -> [Job] {
        let requests = try names.map { JobDraft(try request($0)) }
        var jobs: [Job] = []
        for queued in try await work.queue.add(requests) {
            jobs.append(try await work.job("\(queued.number)"))
        }
        return jobs
    }

    @Test func `adm add: what cannot be a job is refused, and nothing is added`() async throws {
        try await with { work, _ in
            var wrong: [(JobRequest, Failure.Code)] = []
            wrong.append((try request(), .usage))
            wrong[0].0.priority = 1_000_001
            wrong.append((try request(), .usage))
            wrong[1].0.fileName = "../a"
            wrong.append((try request(), .usage))
            wrong[2].0.settings.retries = 5000
            wrong.append((try request(), .authentication))
            wrong[3].0.headers = [try HeaderField(name: "Authorization", value: "Bearer x")]
            for (request, code) in wrong {
                await expectFailure(code) {
                    try await work.queue.add([JobDraft(request), JobDraft(request)])
                }
            }
            for (request, code) in wrong.prefix(3) {
                await expectFailure(code) { try await work.add(request) }
            }
            await expectFailure(.jobNotFound) {
                try await work.queue.add([JobDraft(try request(), after: 7)])
            }
            #expect(try await work.jobs() == [])
            // What only the owner of the workspace decides cannot be said of a job.
            for name in ["insecure", "proxy", "netrc"] {
                await expectFailure(.usage, name) { try JobSettings(parsing: [name: "true"]) }
            }
            let queued = JobDraft(try request("b"), tags: ["x"], isUnique: true)
            let first = try await work.queue.add([queued])
            let again = try await work.queue.add([queued])
            #expect(first[0].isNew && !again[0].isNew && first[0].number == again[0].number)
            #expect(try await work.list(tagged: "x").jobs.count == 1)
        }
    }

    @Test func `adm add: of each draft it is told what became of it, and the good ones are added`()
        async throws
    {
        try await with { work, _ in
            var bad = try request("b")
            bad.fileName = "../b"
            let drafts = [
                JobDraft(try request("a")), JobDraft(bad), JobDraft(try request("c"), after: 99),
                JobDraft(try request("a")), JobDraft(try request("d")),
            ]
            var results: [Result<QueuedJob, Failure>] = []
            try await work.queue.add(each: drafts) { results += $0 }
            var codes: [Failure.Code?] = []
            var numbers: [Int64] = []
            for result in results {
                switch result {
                case .success(let job):
                    codes.append(nil)
                    numbers.append(job.number)
                case .failure(let failure): codes.append(failure.code)
                }
            }
            #expect(codes == [nil, .usage, .jobNotFound, nil, nil])
            #expect(numbers.count == 3 && numbers[0] == numbers[1])
            #expect(try await work.jobs().count == 2)
            let good = [JobDraft(try request("e")), JobDraft(try request("f"))]
            var isNew: [Bool] = []
            try await work.queue.add(each: good) { isNew += try $0.map { try $0.get().isNew } }
            #expect(isNew == [true, true])
            try await work.queue.add(each: []) { _ in Issue.record("nothing was added") }
            var told = 0
            try await work.queue.add(each: [drafts[1]]) { told += $0.count }
            #expect(told == 1)
        }
    }

    @Test func `adm add: one bad draft among many is told apart in few transactions`() async throws
    {
        try await with { work, _ in
            var drafts = try (0..<500).map { JobDraft(try request("f\($0)")) }
            drafts[333].tags = ["not a tag"]
            var parts: [Int] = []
            var refused: [Int] = []
            var told = 0
            try await work.queue.add(each: drafts) { results in
                parts.append(results.count)
                for result in results {
                    if case .failure = result { refused.append(told) }
                    told += 1
                }
            }
            #expect(told == 500 && refused == [333])
            #expect(parts.count < 20)
            #expect(try await work.jobs().map(\.number) == Array(1...499).reversed())
            // Whoever does not want the rest gets no more of it.
            await #expect(throws: CancellationError.self) {
                try await work.queue.add(each: drafts) { _ in throw CancellationError() }
            }
        }
    }

    @Test func `adm queue list: what comes next stands before what is held`() async throws {
        try await with { work, _ in
            _ = try await add("a", "b", "c", in: work)
            _ = try await work.queue.act(.pause, on: JobSelection(numbers: [1]))
            _ = try await work.queue.act(.cancel, on: JobSelection(numbers: [2]))
            #expect(try await work.unfinished().jobs.map(\.number) == [3, 1])
            #expect(try await work.unfinished(limit: 1).jobs.map(\.number) == [3])
            #expect(try await work.resumable().map(\.number) == [1, 3])
        }
    }

    @Test func `adm queue pause, resume, cancel and retry say what they changed`() async throws {
        try await with { work, _ in
            let jobs = try await add("a", "b", in: work)
            func states() async throws -> [JobState] {
                try await work.jobs().sorted { $0.number < $1.number }.map(\.state)
            }
            let paused = try await work.queue.act(.pause, on: JobSelection(numbers: [1]))
            #expect(paused.changed == 1)
            #expect(try await states() == [.paused, .ready])
            let again = try await work.queue.act(.pause, on: JobSelection(numbers: [1]))
            #expect(again.unchanged == 1 && again.changed == 0)
            #expect(
                try await work.queue.act(.resume, on: JobSelection(states: [.paused])).changed == 1
            )
            #expect(try await work.queue.act(.cancel, on: JobSelection()).changed == 2)
            #expect(try await states() == [.cancelled, .cancelled])
            await expectFailure(.exists) { try await work.cancel(jobs[0].id) }
            await expectFailure(.jobNotFound) {
                try await work.queue.act(.cancel, on: JobSelection(numbers: [9]))
            }
            let retried = try await work.queue.act(
                .retry(evenSucceeded: false),
                on: JobSelection(numbers: [2])
            )
            #expect(retried.changed == 1)
            #expect(try await states() == [.cancelled, .ready])
        }
    }

    @Test func `adm queue set and move change what waits`() async throws {
        try await with { work, _ in
            let jobs = try await add("a", "b", in: work)
            var change = JobChange()
            change.priority = 5
            change.addedTags = ["night"]
            change.fileName = "other"
            let changed = try await work.queue.change(jobs[0], change)
            #expect(changed.request.priority == 5 && changed.request.fileName == "other")
            change.priority = -1_000_001
            await expectFailure(.usage) { try await work.queue.change(jobs[1], change) }
            change = JobChange()
            change.settings.maxConnections = 1000
            await expectFailure(.usage) { [change] in try await work.queue.change(jobs[1], change) }
            try await work.queue.move(jobs[1], toFront: true)
            let order = try await work.upcoming().jobs.map(\.number)
            #expect(Set(order) == [1, 2])
            _ = try await work.queue.act(.cancel, on: JobSelection(numbers: [1]))
            await expectFailure(.locked) {
                try await work.queue.move(work.job("1"), toFront: false)
            }
        }
    }

    @Test func `adm queue move: several jobs keep the order in which they are named`() async throws
    {
        try await with { work, _ in
            _ = try await add("a", "b", "c", "d", in: work)
            var refused: [String] = []
            let moved = try await work.queue.move(named: ["4", "9", "3", "8"], toFront: true) {
                refused.append($0.message)
            }
            #expect(moved.map(\.number) == [4, 3])
            #expect(refused == ["8", "9"].map { "there is no job \($0) in this workspace" })
            #expect(try await work.upcoming().jobs.map(\.number) == [4, 3, 1, 2])
            _ = try await work.queue.move(named: ["1", "4"], toFront: false) { Issue.record($0) }
            #expect(try await work.upcoming().jobs.map(\.number) == [3, 2, 1, 4])
        }
    }

    @Test func `adm why, show and rm know the job, or say that there is none`() async throws {
        try await with { work, _ in
            let jobs = try await add("a", in: work)
            #expect(try await work.why(jobs[0]).reason == .noRunner)
            await expectFailure(.jobNotFound) { try await work.job("99") }
            #expect(try await work.queue.remove(named: "1").job?.id == jobs[0].id)
            await expectFailure(.jobNotFound) { try await work.queue.remove(named: "1") }
            await expectFailure(.jobNotFound) { try await work.why(jobs[0]) }
            await expectFailure(.jobNotFound) { try await work.job("1") }
        }
    }

    @Test func `adm run --until-empty, queue wait, resume, history and clear`() async throws {
        let file = TestFile("/file.bin", length: 100_000, seed: 4)
        try await with([file]) { work, server in
            let good = JobRequest(url: try SourceURL(server.url("/file.bin")))
            let bad = JobRequest(url: try SourceURL(server.url("/missing")))
            _ = try await work.queue.add([JobDraft(good), JobDraft(bad)])
            let early = try await work.queue.wait(for: nil, limit: .milliseconds(1))
            #expect(early.isTimedOut && early.jobs.count == 2)
            await expectFailure(.jobNotFound) { try await work.queue.wait(for: [9]) }
            async let waiting = work.queue.wait(for: [1, 2])
            try await work.queue.drain(untilEmpty: true)
            let awaited = try await waiting
            #expect(!awaited.isTimedOut)
            #expect(Set(awaited.jobs.map(\.state)) == [.succeeded, .failed])
            await expectFailure(.exists, "succeeded already") {
                try await work.resume(work.job("1"))
            }
            #expect(try await work.job("2").failure?.code == .remoteNotFound)
            #expect(try await work.history(in: [.succeeded]).jobs.map(\.number) == [1])
            #expect(try await work.queue.clear([.failed]).count == 1)
            #expect(try await work.jobs().map(\.number) == [1])
            let saved = try #require(try await work.job("1").destination)
            #expect(try file.body.matches(file: saved))
        }
    }

    @Test func `a job that runs cannot be removed, changed or moved`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 100_000)]
        let file = TestFile("/file.bin", length: 2_000_000, seed: 4, behaviour)
        try await with([file]) { work, server in
            let url = try SourceURL(server.url("/file.bin"))
            let job = try await work.add(JobRequest(url: url))
            try await server.waitUntilStalled(path: "/file.bin")
            await expectFailure(.locked) { try await work.queue.remove(job) }
            var change = JobChange()
            change.fileName = "other"
            await expectFailure(.locked) { try await work.queue.change(job, change) }
            await expectFailure(.locked) { try await work.queue.move(job, toFront: true) }
            try await work.cancel(job.id)
            #expect(try await work.queue.remove(job) == nil)
        }
    }
}
