import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Lists that cost the same however many jobs there are.
struct PagingTests {
    @Test func `no statement of a page or a claim goes through the whole table`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            _ = try await catalog.list.counts()
            let statements = [
                JobQuery.page, JobQuery.pageOfState, JobQuery.pageOfHistory,
                "UPDATE job SET state = 'running' WHERE number = ? AND state IN ('ready', 'retrying')",
                JobQuery.owners, JobQuery.owned, JobQuery.destinationIsTaken, JobQuery.events,
                // What a queue asks when it looks for the next job, and for one whose time came.
                JobQuery.nextFree, JobQuery.nextForeground, JobQuery.nextHost, JobQuery.nextOfHost,
                JobQuery.suspects, JobQuery.due, JobQuery.nextDue, JobQuery.unfinishedTwin,
                JobQuery.abandonedTwin, JobQuery.succeededTwin, JobQuery.foregroundOwners,
                "SELECT * FROM job WHERE id >= ? AND id < ? LIMIT 2",
                "SELECT first, past FROM segment WHERE job = ? ORDER BY first",
                "DELETE FROM job WHERE number = ? AND state NOT IN ('running', 'finalizing')",
            ]
            for statement in statements {
                let plan = try home.raw { database in
                    let explain = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + statement)
                    // The plan does not depend on the values, so all of them stay unbound.
                    explain.setUncheckedArguments([])
                    return try Row.fetchAll(explain).map { $0["detail"] as String }
                }
                // A scan of a partial index is as small as what it holds.
                let scans = plan.filter { detail in
                    detail.hasPrefix("SCAN") && !detail.contains("USING INDEX job_pull")
                        && !detail.contains("USING INDEX job_due")
                        && !detail.contains("USING INDEX job_suspect")
                        && !detail.contains("USING COVERING INDEX job_")
                        && detail != "SCAN CONSTANT ROW"
                }
                #expect(scans == [], "\(statement)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(statement)")
                #expect(!plan.isEmpty)
            }
        }
    }

    @Test func `pages hold every job once, newest first`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            for index in 0..<60 {
                let job = try await catalog.queue.add("file-\(index)")
                guard !index.isMultiple(of: 3) else { continue }
                let found = try await catalog.queue.claim(number: job.number, owner: holder.id)
                let claim = try #require(found)
                if index.isMultiple(of: 2) {
                    _ = try await catalog.recorder.paused(claim, by: .person)
                } else {
                    _ = try await catalog.recorder.failed(claim, failure: broken)
                }
            }
            func pages(_ states: Set<JobState>) async throws -> [Int64] {
                var numbers: [Int64] = []
                while true {
                    let page = try await catalog.list.jobs(
                        states: states,
                        after: numbers.last,
                        limit: 7
                    )
                    #expect(page.allSatisfy { states.contains($0.state) })
                    numbers += page.map(\.number)
                    if page.count < 7 { return numbers }
                }
            }
            let all = try await pages(Set(JobState.allCases))
            #expect(all == (1...60).reversed().map(Int64.init))
            let some = try await pages([.ready, .failed, .running])
            #expect(some == all.filter { ($0 - 1) % 3 == 0 || ($0 - 1) % 2 == 1 })
            let none = try await pages([])
            #expect(none == [])
        }
    }

    @Test func `history is ordered by the end, not by the beginning`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            var ended: [Int64] = []
            var claims: [Claim] = []
            for index in 0..<30 {
                claims.append(try await catalog.queue.claimed("file-\(index)", by: holder))
            }
            for (index, claim) in claims.reversed().enumerated() {
                // Three end in the same millisecond.
                let now = start.addingTimeInterval(Double(index / 3))
                if index.isMultiple(of: 2) {
                    _ = try await catalog.recorder.failed(claim, failure: broken, now: now)
                } else {
                    _ = try await catalog.recorder.cancelled(claim, now: now)
                }
                ended.append(claim.number)
            }
            var pages: [Job] = []
            while true {
                let page = try await catalog.list.history(limit: 4, before: pages.last)
                pages += page
                if page.count < 4 { break }
            }
            #expect(Set(pages.map(\.number)) == Set(ended))
            #expect(pages.count == 30)
            for (later, earlier) in zip(pages, pages.dropFirst()) {
                let isOrdered =
                    (later.finishedAt ?? start, later.number)
                    > (earlier.finishedAt ?? start, earlier.number)
                #expect(isOrdered)
            }
            let failed = try await catalog.list.history(limit: 99, states: [.failed, .running])
            #expect(failed.count == 15)
            #expect(failed.allSatisfy { $0.state == .failed })
        }
    }

    @Test func `Q8 a hundred thousand jobs are paged, counted and claimed`() async throws {
        try await Home.withCatalog { home, catalog, holder in
            let first = try await catalog.queue.add("file-0")
            // Rows like the one that the catalog wrote, a hundred thousand times.
            try home.raw { database in
                try database.execute(
                    sql: """
                        WITH RECURSIVE serial (n) AS (
                            SELECT 1 UNION ALL SELECT n + 1 FROM serial WHERE n < 99999)
                        INSERT INTO job (id, state, sort_key, run_at, priority, created_at,
                            updated_at, host, url, directory, uniq, withheld, request)
                        SELECT substr(id, 1, 21) || substr('00000' || n, -5), state, sort_key + n,
                            run_at + n, priority, created_at, updated_at, host, url, directory,
                            uniq || n, withheld, request
                        FROM job, serial WHERE number = 1
                        """
                )
                try database.execute(
                    sql: "UPDATE counter SET n = n + 99999 WHERE state = 'ready'"
                )
            }
            #expect(try await catalog.list.counts()[.ready] == 100_000)
            let page = try await catalog.list.jobs(
                states: [.ready, .failed],
                after: 50_001,
                limit: 3
            )
            #expect(page.map(\.number) == [50_000, 49_999, 49_998])
            let claim = try await catalog.queue.claim(number: 77_777, owner: holder.id)
            #expect(claim?.number == 77_777)
            #expect(try await catalog.list.counts()[.running] == 1)
            #expect(try await catalog.list.job(number: 1) == first)
        }
    }
}
