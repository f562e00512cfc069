import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Workspaces are open while somebody needs them.
@Suite(.timeLimit(.minutes(1))) struct OpenWorkspaceTests {
    private func environment(_ root: String) -> [String: String] {
        ["HOME": root, "ADM_HOME": root + "/.adm", "ADM_RETRY_WAIT": "10ms"]
    }

    private func rename(_ running: RunningHome, _ name: String, to new: String) async throws {
        try await running.home.rename(WorkspaceName(name), to: WorkspaceName(new))
    }

    /// Waits for those who are about to close the workspace; each try waits a second by itself.
    private func whenUnused(_ change: () async throws -> Void) async throws {
        while true {
            try Task.checkCancellation()
            do { return try await change() } catch let failure as Failure
                where failure.code == .locked
            {
                continue
            }
        }
    }

    @Test func `one that is not used any more can be renamed and removed, and opened again`()
        async throws
    {
        let file = TestFile("/file.bin", length: 300_000, seed: 4)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { root in
                try await Home.run(environment(root)) { running in
                    try await running.home.create(WorkspaceName("work"))
                    let url = try SourceURL(server.url("/file.bin"))
                    do {
                        let work = try await running.workspace("work")
                        let job = try await work.add(JobRequest(url: url))
                        _ = try await work.wait(for: job.id)
                        await expectFailure(.locked, "process \(getpid()) (") {
                            try await rename(running, "work", to: "acme")
                        }
                    }
                    try await whenUnused { try await rename(running, "work", to: "acme") }
                    let jobs = try await running.workspace("acme").jobs()
                    #expect(jobs.map(\.state) == [.succeeded])
                    try await whenUnused { try await running.home.remove("acme") }
                    await expectFailure(.workspaceNotFound, "acme") {
                        try await running.workspace("acme")
                    }
                }
            }
        }
    }

    @Test func `everybody who uses a workspace shares it, also at the same moment`() async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(environment(root)) { running in
                try await running.home.create(WorkspaceName("work"))
                let url = try SourceURL("http://127.0.0.1:9/a")
                let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for count in 1...8 {
                        group.addTask {
                            let work = try await running.workspace("work")
                            let request = JobRequest(url: url, fileName: "\(count)")
                            return try await work.queue.add([JobDraft(request)])[0].number
                        }
                    }
                    return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
                }
                #expect(numbers == Set(1...8))
                let first = try await running.workspace("work")
                let second = try await running.workspace("work")
                let events = await first.events()
                _ = try await second.queue.remove(second.job("1"))
                _ = try await second.queue.act(.cancel, on: JobSelection(numbers: [2]))
                // What one of them does, the listeners of all hear.
                try await eventually(events) { $0.name == "download.cancelled" && $0.number == 2 }
            }
        }
    }

    @Test func `a job that runs keeps its workspace open although nobody has it`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 100_000)]
        let file = TestFile("/file.bin", length: 2_000_000, seed: 4, behaviour)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { root in
                try await Home.run(environment(root)) { running in
                    let url = try SourceURL(server.url("/file.bin"))
                    try await running.home.create(WorkspaceName("work"))
                    let id = try await running.workspace("work").add(JobRequest(url: url)).id
                    try await server.waitUntilStalled(path: "/file.bin")
                    await expectFailure(.locked, "running 1 job") {
                        try await rename(running, "work", to: "acme")
                    }
                    server.update("/file.bin") { $0.behaviour.interruptions = [] }
                    let again = try await running.workspace("work")
                    try await again.cancel(id)
                    try await again.resume(again.job(id.description))
                    let outcome = try await again.wait(for: id)
                    guard case .succeeded = outcome else {
                        Issue.record("\(outcome)")
                        return
                    }
                }
            }
        }
    }

    @Test func `a workspace that was closed has no slots and waits for none`() async throws {
        let files = (0..<3).map { TestFile("/f\($0).bin", length: 100_000, seed: UInt64($0)) }
        try await FaultyServer.run(files: files) { server in
            try await withTemporaryDirectory { root in
                try await Home.run(environment(root)) { running in
                    for name in ["a", "b"] { try await running.home.create(WorkspaceName(name)) }
                    do {
                        let a = try await running.workspace("a")
                        let results = await a.add(
                            each:
                                try files.map {
                                    JobRequest(url: try SourceURL(server.url($0.path)))
                                }
                        )
                        for result in results { _ = try await a.wait(for: result.get().id) }
                    }
                    try await whenUnused { try await rename(running, "a", to: "c") }
                    let report = try await running.home.budgetReport()
                    #expect(report.slots.isEmpty)
                    #expect(report.workspaces.allSatisfy { $0.waiting == 0 })
                    #expect(report.processes.count == 1)
                }
            }
        }
    }

    @Test func `what is wrong with a workspace is told to everybody who wants it, and others open`()
        async throws
    {
        try await withTemporaryDirectory { root in
            try await Home.run(environment(root)) { running in
                for name in ["good", "bad"] { try await running.home.create(WorkspaceName(name)) }
                let layout = running.home.layout.workspace(try WorkspaceName("bad"))
                try Data(repeating: 63, count: 9000).write(
                    to: URL(fileURLWithPath: layout.database)
                )
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            await expectFailure(.databaseDamaged) {
                                try await running.workspace("bad")
                            }
                        }
                    }
                }
                #expect(try await running.workspace("good").jobs() == [])
            }
        }
    }

    @Test func `names are told apart: unknown ones, wrong ones, the chosen one`() async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(environment(root)) { running in
                try await running.home.create(WorkspaceName("work"))
                await expectFailure(.workspaceNotFound, "did you mean work?") {
                    try await running.workspace("wrok")
                }
                await expectFailure(.usage) { try await running.workspace("../work") }
                #expect(try await running.workspace().configuration.selection.name == .standard)
                try await running.home.use(WorkspaceName("work"))
                let chosen = try await running.workspace()
                #expect(chosen.configuration.selection.name.description == "work")
            }
        }
    }

    @Test func `what the body throws is thrown, and running jobs are held`() async throws {
        struct Wanted: Error {}
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 100_000)]
        let file = TestFile("/file.bin", length: 2_000_000, seed: 4, behaviour)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { root in
                await #expect(throws: Wanted.self) {
                    try await Home.run(environment(root)) { running in
                        let url = try SourceURL(server.url("/file.bin"))
                        try await running.workspace().add(JobRequest(url: url))
                        try await server.waitUntilStalled(path: "/file.bin")
                        throw Wanted()
                    }
                }
                let jobs = try await Home.run(environment(root)) { try await $0.workspace().jobs() }
                #expect(jobs.map(\.state) == [.paused])
            }
        }
    }
}
