import ADMModel
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Requests that are repeated with the same key.
struct RequestKeyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func prepared(_ name: String) throws -> PreparedJob {
        try PreparedJob(JobDraft(try request(name)), directory: "/downloads")
    }

    @Test func `a job is added once for a key, however often it is asked for`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let key = RequestKey(key: "k", fingerprint: "f")
            let first = try await catalog.queue.add(prepared("a"), for: key, now: now)
            guard case .first(let job) = first else {
                Issue.record("it was known already")
                return
            }
            #expect(job.isNew)
            let again = try await catalog.queue.add(prepared("a"), for: key, now: now)
            #expect(again == .repeated(job))
            #expect(try await catalog.list.jobs(limit: 9).count == 1)
        }
    }

    @Test func `what came of a request is said again, also after the job has changed or gone`()
        async throws
    {
        try await Home.withCatalog { _, catalog, _ in
            let key = RequestKey(key: "k", fingerprint: "f")
            let first = try await catalog.queue.add(prepared("a"), for: key, now: now)
            let job = try #require(first.job)
            _ = try await catalog.control.apply(
                .cancel,
                to: JobSelection(numbers: [job.number]),
                after: 0
            )
            let again = try await catalog.queue.add(prepared("a"), for: key, now: now)
            #expect(again == .repeated(job))
            #expect(try await catalog.list.jobs(limit: 9).count == 1)
        }
    }

    @Test func `the key of another request adds nothing`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            _ = try await catalog.queue.add(
                prepared("a"),
                for: RequestKey(key: "k", fingerprint: "f"),
                now: now
            )
            let other = try await catalog.queue.add(
                prepared("b"),
                for: RequestKey(key: "k", fingerprint: "g"),
                now: now
            )
            #expect(other == .conflicting)
            #expect(try await catalog.list.jobs(limit: 9).count == 1)
        }
    }

    @Test func `a key is forgotten after a day`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            let key = RequestKey(key: "k", fingerprint: "f")
            _ = try await catalog.queue.add(prepared("a"), for: key, now: now)
            let later = now.addingTimeInterval(86_401)
            let other = RequestKey(key: "k", fingerprint: "g")
            guard case .first = try await catalog.queue.add(prepared("b"), for: other, now: later)
            else {
                Issue.record("the key was still known")
                return
            }
            let kept = try home.raw { database in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM request") ?? 0
            }
            #expect(kept == 1)
        }
    }

    @Test func `a job that cannot be added leaves no key behind`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            var draft = JobDraft(try request("a"))
            draft.after = 4711
            let job = try PreparedJob(draft, directory: "/downloads")
            await #expect(throws: Failure.self) {
                try await catalog.queue.add(
                    job,
                    for: RequestKey(key: "k", fingerprint: "f"),
                    now: now
                )
            }
            let kept = try home.raw { database in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM request") ?? 0
            }
            #expect(kept == 0)
        }
    }
}
