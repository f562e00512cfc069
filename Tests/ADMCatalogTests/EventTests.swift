import ADMModel
import ADMSystem
import Foundation
import Testing

@testable import ADMCatalog

/// Events are numbered without gaps and come back as they were appended.
struct EventTests {
    @Test func `each kind of event comes back as it was returned`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            var returned: [JobEvent] = []
            func claimed(_ path: String) async throws -> Claim {
                let outcome = try await catalog.queue.add(
                    [(try request(path, priority: 4), directory: "/downloads")],
                    now: start
                )
                guard case .added(let added) = outcome[0] else {
                    throw Failure(.unclassified, "the job existed already")
                }
                returned.append(added.event)
                let claim = try await catalog.queue.claim(number: added.number, owner: holder.id)
                return try #require(claim)
            }
            let first = try await claimed("a?token=secret")
            let head = try await catalog.recorder.recordHead(
                first,
                RemoteFile(url: first.job.request.url, validators: Validators()),
                fileName: "f"
            )
            if case .recorded(let events) = head { returned += events }
            returned += try await catalog.recorder.validating(first, algorithm: .sha512) ?? []
            _ = try await catalog.recorder.finalizing(first, target: target, verification: nil)
            returned += try await catalog.recorder.succeeded(first, completion: completion) ?? []
            let second = try await claimed("b")
            returned +=
                try await catalog.recorder.retrying(
                    second,
                    failure: broken,
                    retry: 2,
                    maxRetries: 5,
                    runAt: start.addingTimeInterval(1),
                    now: start
                ) ?? []
            let again = try #require(
                try await catalog.queue.claim(number: second.number, owner: holder.id)
            )
            returned += try await catalog.recorder.failed(again, failure: broken) ?? []
            returned += try await catalog.control.makeReady(number: second.number) ?? []
            if case .cancelled(let events) = try await catalog.control.cancel(number: second.number)
            {
                returned += events
            }
            let third = try await claimed("c")
            returned +=
                try await catalog.recorder.skipped(
                    third,
                    reason: "file_exists",
                    destination: "/x/y"
                ) ?? []
            #expect(returned.count == 11)
            #expect(returned.map(\.sequence) == Array(1...11))
            #expect(Set(returned.map(\.name)).count == 8)
            #expect(try await catalog.list.events(limit: 99) == returned)
            #expect(try await catalog.list.events(after: 4, limit: 3) == Array(returned[4..<7]))
            #expect(try await catalog.list.events(after: 11, limit: 3) == [])
        }
    }

    @Test func `events of a removed job stay and no number is used twice`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let job = try await catalog.queue.add("a")
            #expect(try await catalog.control.remove(number: job.number))
            let next = try await catalog.queue.add("b")
            let events = try await catalog.list.events(limit: 9)
            #expect(events.map(\.sequence) == [1, 2])
            #expect(events.map(\.number) == [job.number, next.number])
            #expect(events.first?.job == job.id)
        }
    }

    @Test func `many writers leave no gap`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            let other = try await home.open()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<60 {
                    let writer = index.isMultiple(of: 2) ? catalog : other
                    group.addTask {
                        let job = try await writer.queue.add("file-\(index % 40)")
                        // Half of these come too late, which must cost no number either.
                        _ = try await writer.control.cancel(number: job.number)
                        _ = try? await writer.queue.add([(try request("x"), directory: "relative")])
                    }
                }
                try await group.waitForAll()
            }
            let sequences = try await catalog.list.events(limit: 999).map(\.sequence)
            #expect(sequences == (1...sequences.count).map(Int64.init))
            #expect(sequences.count >= 80)
            await other.close()
        }
    }
}
