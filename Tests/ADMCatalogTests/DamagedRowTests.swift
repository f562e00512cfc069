import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Numbers that were never written by adm, in every column: the row is named as damaged, and nothing
/// else is.
@Suite(.timeLimit(.minutes(10))) struct DamagedRowTests {
    /// Where the damaged job stands.
    enum Standing: String, CaseIterable, Sendable {
        case ready, running, finalizing, failed, paused, scheduled, blocked

        /// What is tried: of a job that only waits for something else the ends suffice.
        var values: [String] {
            switch self {
            case .ready, .running: Extremes.values
            default: ["-1", "1", "9223372036854775807", "-9223372036854775808", "NULL"]
            }
        }
    }

    @Test(arguments: Standing.allCases)
    func `a number that is nonsense in one row stops no other job`(
        _ standing: Standing
    ) async throws {
        let columns = try await Home.withColumns { columns in columns.filter { $0.table == "job" } }
        #expect(columns.count > 20)
        for column in columns {
            for value in standing.values {
                try await Home.with { home in
                    guard try await home.damage(column, value, standing) else { return }
                    try await home.look("\(standing), \(column) = \(value)")
                }
            }
        }
    }

    @Test func `nonsense in what belongs to a job, or to none, is no trap`() async throws {
        let columns = try await Home.withColumns { columns in columns.filter { $0.table != "job" } }
        #expect(Set(columns.map(\.table)).isSuperset(of: ["segment", "event", "counter", "piece"]))
        for column in columns {
            for value in Extremes.values {
                try await Home.with { home in
                    guard try await home.damage(column, value, .ready) else { return }
                    try await home.look("\(column) = \(value)", isWhole: false)
                }
            }
        }
    }

    @Test(
        arguments: [
            "url = 'http://[]/'", "url = 'http:///'", "final_url = 'http://[]/x'", "id = 'short'",
            "state = 'unknown'", "request = '{\"size\":9e99}'", "withheld = '[1]'",
            "failure = '{}'", "verification = '{\"checksum\":1}'",
            "url = 'http://h/' || hex(zeroblob(40000))",
        ]
    )
    func `a row that cannot be read is shown, removed and in nobody's way`(
        _ change: String
    ) async throws {
        try await Home.with { home in
            try await home.fill(.ready)
            try home.raw { database in
                try database.execute(
                    sql: """
                        PRAGMA ignore_check_constraints = ON;
                        DROP TRIGGER job_moves;
                        UPDATE job SET \(change) WHERE number = 1
                        """
                )
            }
            try await home.look(change)
        }
    }

    @Test func `a damaged job that somebody waits for in vain fails with its reason`() async throws
    {
        try await Home.withCatalog { home, catalog, holder in
            let job = try await catalog.queue.add("a")
            let next = try await catalog.queue.add("b")
            let waiting = try await catalog.queue.add(
                [
                    Entry(
                        JobDraft(try request("c"), after: job.number),
                        directory: "/downloads"
                    )
                ]
            )
            #expect(waiting.first?.job.state == .blocked)
            try home.raw { database in
                try database.execute(
                    sql: """
                        PRAGMA ignore_check_constraints = ON;
                        UPDATE job SET attempt = 9223372036854775807 WHERE number = 1
                        """
                )
            }
            let taken = try await catalog.queue.claimNext(
                count: 9,
                host: "example.org",
                owner: holder.id
            )
            #expect(taken.claims.map(\.number) == [next.number])
            #expect(taken.events.map(\.number) == [job.number, job.number + 2])
            #expect(taken.events.map(\.name) == ["download.failed", "download.failed"])
            let failure = await #expect(throws: Failure.self) { try await catalog.list.find("1") }
            #expect(failure?.code == .databaseDamaged)
            #expect(failure?.message.contains("job 1") == true)
            #expect(failure?.hint?.contains("adm rm 1") == true)
            #expect(try await catalog.list.counts()[.failed] == 2)
            #expect(try await catalog.control.remove(number: 1))
        }
    }

    @Test func `asking for what a damaged job fetches names it`() async throws {
        try await Home.with { home in
            try await home.fill(.ready)
            try home.raw { database in
                try database.execute(sql: "UPDATE job SET epoch = 1 << 60 WHERE number = 1")
            }
            let catalog = try await home.open()
            let failure = await #expect(throws: Failure.self) { try await catalog.queue.add("a") }
            #expect(failure?.code == .exists)
            #expect(failure?.hint?.contains("adm rm 1") == true)
            #expect(try await catalog.queue.add("other").number > 2)
            #expect(try await catalog.control.remove(number: 1))
            #expect(try await catalog.queue.add("a").number > 3)
            await catalog.close()
        }
    }

    @Test func `counters that cannot be right are counted again`() async throws {
        for statement in [
            "UPDATE counter SET n = 9223372036854775807", "UPDATE counter SET n = -5",
            "DELETE FROM counter",
        ] {
            try await Home.with { home in
                try await home.fill(.failed)
                try home.raw { database in
                    try database.execute(sql: "PRAGMA ignore_check_constraints = ON; \(statement)")
                }
                let catalog = try await home.open()
                #expect(try await catalog.list.counts()[.failed] == 1)
                #expect(try await catalog.list.quickCheck() == [])
                await catalog.close()
            }
        }
    }
}

extension Home {
    /// The columns of a workspace's database that hold numbers.
    static func withColumns(
        _ choose: ([Extremes.Column]) -> [Extremes.Column]
    ) async throws -> [Extremes.Column] {
        var chosen: [Extremes.Column] = []
        try await with { home in
            await (try home.open()).close()
            chosen = choose(try home.raw { try Extremes.columns($0) })
        }
        return chosen
    }

    /// Two jobs with everything that can belong to one; the first stands somewhere.
    func fill(_ standing: DamagedRowTests.Standing) async throws {
        let dead = try LivenessLock(in: layout)
        let catalog = try await open(dead)
        var first = try request("a")
        first.pieces = try PieceHashes(
            .md5,
            pieceLength: 10,
            digests: Array(repeating: 7, count: 32)
        )
        let isLater = standing == .scheduled
        let isBlocked = standing == .blocked
        if isBlocked { _ = try await catalog.queue.add("before") }
        _ = try await catalog.queue.add(
            [
                Entry(
                    JobDraft(
                        first,
                        runAt: isLater ? start.addingTimeInterval(1e6) : nil,
                        after: isBlocked ? 1 : nil,
                        tags: ["x"]
                    ),
                    directory: "/downloads"
                )
            ],
            now: start
        )
        let number: Int64 = isBlocked ? 2 : 1
        if standing != .scheduled, standing != .blocked {
            try await advance(catalog, dead, to: standing)
        }
        _ = try await catalog.queue.add("b")
        try await catalog.recorder.note(3, of: "example.org")
        let credential = Credential(
            kind: .bearer,
            origin: SourceURL.Origin(scheme: "https", host: "example.org", port: 443),
            scope: "/",
            store: .keyring
        )
        try await catalog.credentials.record(credential)
        if isBlocked {
            // The damaged one is number 1 everywhere.
            try raw { database in
                try database.execute(
                    sql: """
                        PRAGMA foreign_keys = OFF;
                        UPDATE job SET number = 99 WHERE number = 1;
                        UPDATE job SET number = 1, after_job = 99 WHERE number = \(number);
                        """
                )
            }
        }
        await catalog.close()
        dead.end()
    }

    private func advance(
        _ catalog: Catalog,
        _ holder: LivenessLock,
        to standing: DamagedRowTests.Standing
    ) async throws {
        let found = try await catalog.queue.claim(number: 1, owner: holder.id, now: start)
        var claim = try #require(found)
        _ = try await catalog.recorder.checkpoint(
            claim,
            segments: SegmentMap([ByteRange(0, 5), ByteRange(7, 9)]),
            bytesDone: 7,
            transferSeconds: 1
        )
        _ = try await catalog.recorder.retrying(
            claim,
            failure: broken,
            retry: 1,
            maxRetries: 9,
            runAt: start
        )
        let again = try await catalog.queue.claim(number: 1, owner: holder.id, now: start)
        claim = try #require(again)
        switch standing {
        case .running: break
        case .finalizing:
            _ = try await catalog.recorder.finalizing(claim, target: target, verification: nil)
        case .failed: _ = try await catalog.recorder.failed(claim, failure: broken)
        case .paused: _ = try await catalog.recorder.paused(claim, by: .person)
        case .ready, .scheduled, .blocked: _ = try await catalog.recorder.interrupted(claim)
        }
    }

    /// Fills a workspace and puts a value where it does not belong; false where SQLite refuses it.
    func damage(
        _ column: Extremes.Column,
        _ value: String,
        _ standing: DamagedRowTests.Standing
    ) async throws -> Bool {
        try await fill(standing)
        let condition = column.table == "job" ? "number = 1" : "1"
        return try raw { try Extremes.put(value, into: column, where: condition, $0) }
    }

    /// Everything that reads the workspace, and what still works beside the damage.
    ///
    /// Whatever fails says that the database is damaged, or that there is no such job; `isWhole` says that
    /// only one job can be damaged.
    func look(_ place: String, isWhole: Bool = true) async throws {
        let holder = try LivenessLock(in: layout)
        let catalog = try await open(holder)
        let verbs: [@Sendable () async throws -> Void] = [
            { _ = try await catalog.control.recover() },
            { _ = try await catalog.list.page(limit: 9) },
            { _ = try await catalog.list.finishedPage(limit: 9) },
            { _ = try await catalog.list.upcomingPage(limit: 9) },
            { _ = try await catalog.list.taggedPage("x", states: [.ready], limit: 9) },
            { _ = try await catalog.list.counts() },
            { _ = try await catalog.list.events(limit: 99) },
            { _ = try await catalog.list.find("1") },
            { _ = try await catalog.list.segments(number: 1) },
            { _ = try await catalog.list.failures(number: 1) },
            { _ = try await catalog.credentials.all() },
            {
                try await catalog.list.finished(since: .distantPast) { _ in
                } retry: { _, _ in
                }
            },
            { _ = try await catalog.queue.promote() }, { _ = try await catalog.list.quickCheck() },
            { _ = try await catalog.control.claimFinalizing(number: 1, owner: holder.id) },
            { _ = try await catalog.control.move(number: 1, to: .first) },
            { _ = try await catalog.control.makeReady(number: 1) },
            { _ = try await catalog.queue.head(of: .workspace, owner: holder.id) },
            { _ = try await catalog.queue.suspects(for: holder.id) },
            { _ = try await catalog.queue.isDrained() }, { _ = try await catalog.list.lastEvent() },
            { _ = try await catalog.control.apply(.pause, to: JobSelection()) },
            { _ = try await catalog.control.apply(.resume, to: JobSelection()) },
            { _ = try await catalog.queue.add("c") },
        ]
        for (index, verb) in verbs.enumerated() {
            do { try await verb() } catch {
                let code = (error as? Failure)?.code
                let isFair = code == .databaseDamaged || code == .jobNotFound || code == .exists
                #expect(isFair, "\(place), verb \(index): \(error)")
            }
        }
        guard isWhole else {
            await catalog.close()
            holder.end()
            return
        }
        let taken = try await catalog.queue.claimNext(
            count: 9,
            host: "example.org",
            owner: holder.id
        )
        #expect(taken.claims.contains { $0.number == 2 || $0.number == 3 }, "\(place)")
        let listing = try await catalog.list.page(limit: 9)
        #expect(listing.jobs.count + listing.unreadable.count >= 2, "\(place)")
        for job in listing.unreadable {
            #expect(job.failure.code == .databaseDamaged, "\(place)")
            #expect(try await catalog.control.remove(number: job.number), "\(place)")
        }
        #expect(try await catalog.list.page(limit: 9).unreadable.isEmpty, "\(place)")
        await catalog.close()
        holder.end()
    }
}
