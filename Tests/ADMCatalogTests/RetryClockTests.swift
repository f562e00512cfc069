import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Retries that were planned by a clock that stood ahead.
struct RetryClockTests {
    private func retrying(
        _ catalog: Catalog,
        _ holder: LivenessLock,
        path: String = "a",
        wait: Double,
        at time: Date
    ) async throws -> Int64 {
        let request = JobRequest(url: try SourceURL("https://example.org/\(path)"))
        let entry = Entry(JobDraft(request), directory: "/downloads")
        _ = try await catalog.queue.add([entry], now: time)
        let claim = try #require(
            try await catalog.queue.claimNext(host: "example.org", owner: holder.id, now: time)
        )
        _ = try await catalog.recorder.retrying(
            claim,
            failure: Failure(.network, "it broke"),
            retry: 1,
            maxRetries: 10,
            runAt: time.addingTimeInterval(wait),
            now: time
        )
        return claim.number
    }

    @Test func `a retry waits as long as it was planned, from the right time on`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let month = 30 * 86_400.0
            let ahead = start.addingTimeInterval(month)
            let number = try await retrying(catalog, holder, wait: 40, at: ahead)
            #expect(try await catalog.queue.mendRetries(now: ahead) == 0)
            #expect(try await catalog.queue.promote(now: start) == ahead.addingTimeInterval(40))
            #expect(try await catalog.queue.mendRetries(now: start) == 1)
            #expect(try await catalog.queue.promote(now: start) == start.addingTimeInterval(40))
            _ = try await catalog.queue.promote(now: start.addingTimeInterval(40))
            #expect(try await catalog.queue.states(of: [number]) == [number: .ready])
            #expect(try await catalog.queue.mendRetries(now: start) == 0)
        }
    }

    @Test func `a wait that a server asked for stays, and one that nobody may ask for ends`()
        async throws
    {
        try await Home.withCatalog { home, catalog, holder in
            let asked = try await retrying(catalog, holder, wait: 86_400, at: start)
            #expect(try await catalog.queue.mendRetries(now: start.addingTimeInterval(5)) == 0)
            // A process that changed it later, by a clock that is right, is not to blame.
            try home.raw { database in
                try database.execute(
                    sql: "UPDATE job SET run_at = run_at + 2592000000 WHERE number = ?",
                    arguments: [asked]
                )
            }
            #expect(try await catalog.queue.mendRetries(now: start) == 1)
            _ = try await catalog.queue.promote(now: start)
            #expect(try await catalog.queue.states(of: [asked]) == [asked: .ready])
        }
    }

    @Test func `numbers that nobody wrote harm nothing`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            _ = try await retrying(catalog, holder, wait: 5, at: start)
            for text in ["9223372036854775807", "-9223372036854775808"] {
                try home.raw { database in
                    try database.execute(
                        sql: "UPDATE job SET run_at = 9223372036854775807, updated_at = \(text)"
                    )
                }
                #expect(try await catalog.queue.mendRetries(now: start) == 1)
            }
        }
    }
}
