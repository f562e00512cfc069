import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Testing

/// What `adm top` does to jobs is what every other door does.
@Suite struct OverviewTests {
    private let idle = "http://127.0.0.1:9/file.bin"

    private func configuration(_ library: Home) async throws -> WorkspaceConfiguration {
        try await library.configuration(of: library.selection())
    }

    /// The entry of a job, as somebody sees it who looks now.
    private func entry(_ number: Int64, _ watch: OverviewWatch) async throws -> Overview.Entry {
        let overview = try await watch.sample()
        return try #require(overview.jobs.first { $0.job.number == number })
    }

    @Test func `a job that waits is paused, resumed, raised and cancelled`() async throws {
        try await TestHome.with { home in
            let library = try home.library()
            let number = try await Home.run(in: try await configuration(library)) { engine in
                try await engine.queue.add([JobDraft(JobRequest(url: SourceURL(idle)))]).first?
                    .number ?? 0
            }
            try await OverviewWatch.run(library) { watch in
                let seen = try await entry(number, watch)
                #expect(try await watch.raise(seen, by: 3).request.priority == 4)
                // The step is added to what the job has now, not to what was seen.
                #expect(try await watch.raise(seen, by: 1).request.priority == 5)
                for (action, state) in [
                    (QueueAction.pause, JobState.paused), (.resume, .ready), (.cancel, .cancelled),
                ] {
                    #expect(try await watch.act(action, on: seen).changed == 1)
                    let job = try await Home.run(in: try await configuration(library)) { engine in
                        try await engine.job("\(number)")
                    }
                    #expect(job.state == state)
                }
                #expect(try await watch.act(.pause, on: seen).unchanged == 1)
            }
        }
    }

    @Test func `what no job allows is refused as everywhere`() async throws {
        let file = TestFile("/file.bin", length: 1000, seed: 4)
        try await FaultyServer.run(files: [file]) { server in
            try await TestHome.with { home in
                let library = try home.library()
                try await OverviewWatch.run(library) { watch in
                    try await Home.run(in: try await configuration(library)) { engine in
                        let request = JobRequest(url: try SourceURL(server.url("/file.bin")))
                        let other = JobRequest(url: try SourceURL(idle))
                        let queued = try await engine.queue.add([
                            JobDraft(request), JobDraft(other),
                        ])
                        let first = try await entry(try #require(queued.first).number, watch)
                        let last = try await entry(try #require(queued.last).number, watch)
                        try await engine.resume(first.job)
                        _ = try await engine.wait(for: first.job.id)
                        var change = JobChange()
                        change.priority = 2
                        let wanted = change
                        let own = await expectFailure(.exists, "has succeeded") {
                            try await engine.queue.change(first.job, wanted)
                        }
                        let seen = await expectFailure(.exists, "has succeeded") {
                            try await watch.raise(first, by: 1)
                        }
                        #expect(own?.description == seen?.description)
                        _ = try await engine.queue.remove(last.job)
                        await expectFailure(.jobNotFound) { try await watch.raise(last, by: 1) }
                        await expectFailure(.jobNotFound) { try await watch.act(.pause, on: last) }
                    }
                }
            }
        }
    }

    @Test func `a job that runs elsewhere cannot be raised, and obeys when it is paused`()
        async throws
    {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 262_144)]
        let file = TestFile("/file.bin", length: 4 * 1_048_576, seed: 4, behaviour)
        try await FaultyServer.run(files: [file]) { server in
            try await TestHome.with { home in
                let library = try home.library()
                try await OverviewWatch.run(library) { watch in
                    try await Home.run(in: try await configuration(library)) { engine in
                        let url = try SourceURL(server.url("/file.bin"))
                        let job = try await engine.add(JobRequest(url: url))
                        try await server.waitUntilServed(path: "/file.bin", bytes: 100_000)
                        let seen = try await entry(job.number, watch)
                        await expectFailure(.locked, "is running") {
                            try await watch.raise(seen, by: 1)
                        }
                        #expect(try await watch.act(.pause, on: seen).requested == 1)
                        let outcome = try await engine.wait(for: job.id)
                        #expect(outcome.job.state == .paused)
                    }
                }
            }
        }
    }

    @Test func `a workspace that was removed has no jobs any more`() async throws {
        try await TestHome.with { home in
            try await home.create("work")
            let library = try home.library()
            let name = try WorkspaceName("work")
            let selection = try await library.selection(workspace: "work")
            try await Home.run(in: try await library.configuration(of: selection)) { engine in
                _ = try await engine.queue.add([JobDraft(JobRequest(url: SourceURL(idle)))])
            }
            try await OverviewWatch.run(library) { watch in
                let seen = try #require(try await watch.sample().jobs.first)
                try await library.rename(name, to: WorkspaceName("other"))
                #expect(try await watch.act(.pause, on: seen).changed == 1)
                try await library.remove("other")
                await expectFailure(.workspaceNotFound, "work") {
                    try await watch.act(.resume, on: seen)
                }
            }
        }
    }
}
