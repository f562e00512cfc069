import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The library without the command line.
@Suite struct LibraryTests {
    private func environment(_ home: String) -> [String: String] {
        ["HOME": home, "ADM_HOME": home + "/.adm", "ADM_RETRY_WAIT": "10ms"]
    }

    private func configuration(_ home: String) async throws -> WorkspaceConfiguration {
        try await Home(environment: environment(home)).configuration()
    }

    @Test func `the example of the README is the code that runs here`() async throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let source = try String(
            contentsOf: here.deletingLastPathComponent().appending(path: "LibraryExample.swift"),
            encoding: .utf8
        )
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0.contains("// begin example") })
        let end = try #require(lines.firstIndex { $0.contains("// end example") })
        let example = lines[(begin + 1)..<end].joined(separator: "\n")
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains(example), "the README's example differs from LibraryExample.swift")
        let file = TestFile("/file.bin", length: 2_000_000, seed: 4)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { home in
                let path = try await fetch(
                    server.url("/file.bin"),
                    environment: environment(home)
                )
                #expect(try file.body.matches(file: #require(path)))
            }
        }
    }

    @Test func `events tell the life of a job in order, and are recorded without gaps`()
        async throws
    {
        var behaviour = Behaviour()
        // The first request, and the one without a range that follows it.
        behaviour.refusals = [Refusal(503, .first(2))]
        let file = TestFile("/file.bin", length: 500_000, seed: 4, behaviour)
        let digest = try Checksum(.sha256, hex: try await file.body.sha256())
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { home in
                try await Home.run(in: try await configuration(home)) { engine in
                    let live = await engine.events()
                    let url = try SourceURL(server.url("/file.bin"))
                    let job = try await engine.add(JobRequest(url: url, checksum: digest))
                    let outcome = try await engine.wait(for: job.id)
                    guard case .succeeded(_, let completion) = outcome else {
                        Issue.record("\(outcome)")
                        return
                    }
                    #expect(completion.verification?.source == .request)
                    let names = [
                        "download.queued", "download.retrying", "download.started",
                        "download.validating", "download.completed",
                    ]
                    var seen: [String] = []
                    for await event in live where event.sequence != nil {
                        seen.append(event.name)
                        if event.name == "download.completed" { break }
                    }
                    #expect(seen == names)
                    let recorded = try await engine.recordedEvents()
                    #expect(recorded.map(\.name) == names)
                    #expect(recorded.compactMap(\.sequence) == Array(1...5))
                }
            }
        }
    }

    @Test func `a cancelled job is cancelled, keeps its bytes and can be resumed`() async throws {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 4 * 1_048_576
        let file = TestFile("/file.bin", length: 40 * 1_048_576, seed: 4, behaviour)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { home in
                try await Home.run(in: try await configuration(home)) { engine in
                    let url = try SourceURL(server.url("/file.bin"))
                    let job = try await engine.add(JobRequest(url: url))
                    try await server.waitUntilServed(path: "/file.bin", bytes: 2_000_000)
                    try await engine.cancel(job.id)
                    let cancelled = try await engine.job("\(job.number)")
                    #expect(cancelled.state == .cancelled)
                    server.update("/file.bin") { $0.behaviour.bytesPerSecond = nil }
                    try await engine.resume(cancelled)
                    let outcome = try await engine.wait(for: job.id)
                    guard case .succeeded(_, let completion) = outcome else {
                        Issue.record("\(outcome)")
                        return
                    }
                    #expect(try file.body.matches(file: completion.destinationPath))
                }
            }
        }
    }

    @Test func `progress grows to the whole length`() async throws {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 524_288
        let file = TestFile("/file.bin", length: 6 * 1_048_576, seed: 4, behaviour)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { home in
                try await Home.run(in: try await configuration(home)) { engine in
                    let url = try SourceURL(server.url("/file.bin"))
                    let job = try await engine.add(JobRequest(url: url))
                    var last: Int64 = -1
                    for await event in await engine.events(of: job.id) {
                        guard case .progress(let progress) = event.kind else { continue }
                        #expect(progress.bytesDone >= last)
                        #expect(progress.bytesTotal == file.length)
                        last = progress.bytesDone
                    }
                    #expect(last > 0)
                }
            }
        }
    }

    @Test func `all sequences end when the workspace is told to, after what came before`()
        async throws
    {
        let file = TestFile("/file.bin", length: 1000, seed: 4)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { home in
                try await Home.run(in: try await configuration(home)) { engine in
                    let events = await engine.events()
                    let ends = await engine.ends()
                    let notices = await engine.coolDownNotices()
                    let url = try SourceURL(server.url("/file.bin"))
                    let job = try await engine.add(JobRequest(url: url))
                    _ = try await engine.wait(for: job.id)
                    await engine.endEvents()
                    var names: [String] = []
                    for await event in events { names.append(event.name) }
                    #expect(names.first == "download.queued")
                    var ended: [JobID] = []
                    for await end in ends { ended.append(end.job.id) }
                    #expect(ended == [job.id])
                    for await _ in notices { Issue.record("nobody asked to wait") }
                }
            }
        }
    }

    @Test func `leaving the scope holds what was running`() async throws {
        var behaviour = Behaviour()
        // However busy the machine is, the file does not become whole.
        behaviour.interruptions = [.stall(after: 262_144)]
        let file = TestFile("/file.bin", length: 64 * 1_048_576, seed: 4, behaviour)
        try await FaultyServer.run(files: [file]) { server in
            try await withTemporaryDirectory { home in
                try await Home.run(in: try await configuration(home)) { engine in
                    let events = await engine.events()
                    try await engine.add(JobRequest(url: SourceURL(server.url("/file.bin"))))
                    try await eventually(events) { event in
                        guard case .progress(let progress) = event.kind else { return false }
                        return progress.bytesDone > 0
                    }
                }
                let jobs = try await Home.run(in: try await configuration(home)) {
                    try await $0.jobs()
                }
                #expect(jobs.map(\.state) == [.paused])
                #expect((jobs.first?.bytesDone ?? 0) > 0)
            }
        }
    }
}
