import ADMEngine
import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// `events(after:)`: one sequence without gaps.
@Suite(.timeLimit(.minutes(1))) struct RecordedEventsTests {
    private func environment(_ root: String) -> [String: String] {
        ["HOME": root, "ADM_HOME": root + "/.adm"]
    }

    private func add(_ names: Range<Int>, in workspace: Workspace) async throws {
        let requests = try names.map { name in
            JobDraft(JobRequest(url: try SourceURL("http://127.0.0.1:9/\(name)")))
        }
        _ = try await workspace.queue.add(requests)
    }

    /// The numbers of the next events.
    private func take(
        _ count: Int,
        _ iterator: inout RecordedEvents.Iterator
    ) async throws -> [Int64] {
        var numbers: [Int64] = []
        while numbers.count < count, let event = try await iterator.next() {
            numbers.append(try #require(event.sequence))
        }
        return numbers
    }

    @Test func `the past comes first, then what happens, each once and in order`() async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(environment(root)) { home in
                let work = try await home.workspace()
                try await add(0..<2500, in: work)
                var events = work.events(after: 0).makeAsyncIterator()
                #expect(try await take(2500, &events) == Array(1...2500))
                try await add(2500..<2510, in: work)
                #expect(try await take(10, &events) == Array(2501...2510))
                var late = work.events(after: 2508).makeAsyncIterator()
                #expect(try await take(2, &late) == [2509, 2510])
            }
        }
    }

    @Test func `a reader that only looks hears of what another one does`() async throws {
        try await withTemporaryDirectory { root in
            let library = try Home(environment: environment(root))
            try await Home.run(environment(root)) { home in
                let work = try await home.workspace()
                let configuration = try await library.configuration(
                    of: library.selection(isLooking: true)
                )
                try await WorkspaceReader.run(configuration, isBrief: true) { reader in
                    var events = reader.events(after: 0).makeAsyncIterator()
                    for round in 0..<20 {
                        try await add(round..<(round + 1), in: work)
                        #expect(try await take(1, &events) == [Int64(round + 1)])
                    }
                }
            }
        }
    }

    @Test func `it ends when its task is cancelled`() async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(environment(root)) { home in
                let work = try await home.workspace()
                try await add(0..<1, in: work)
                let seen = try await withThrowingTaskGroup(of: Int.self) { group in
                    let (first, hasBegun) = AsyncStream.makeStream(of: Void.self)
                    group.addTask {
                        var count = 0
                        for try await _ in work.events(after: 0) {
                            count += 1
                            hasBegun.yield()
                        }
                        return count
                    }
                    for await _ in first { break }
                    group.cancelAll()
                    return try await group.next()
                }
                #expect(seen == 1)
            }
        }
    }
}
