import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// The one way to move a job, from each state to each other.
struct JobTransactionTests {
    /// Adds a job and leads it to a state by legal moves alone.
    private static func lead(
        to state: JobState,
        _ path: String,
        _ catalog: Catalog,
        by owner: String
    ) async throws -> Job {
        var entry = JobDraft(try request(path))
        if state == .scheduled { entry.runAt = start.addingTimeInterval(60) }
        if state == .blocked { entry.after = try await catalog.queue.add(path + "-first").number }
        let outcomes = try await catalog.queue.add(
            [Entry(entry, directory: "/downloads")],
            now: start
        )
        let job = try #require(outcomes.first).job
        try await catalog.database.write(.process) { database in
            let jobs = JobTransaction(database, at: start)
            let number = job.number
            let isRun: [JobState] = [.running, .finalizing, .succeeded, .failed, .retrying]
            if isRun.contains(state) {
                _ = try jobs.move(
                    number,
                    from: [.ready],
                    to: .running,
                    set: [.owner: .value(owner), .epoch: .sql("epoch + 1")]
                )
            }
            switch state {
            case .finalizing:
                _ = try jobs.move(
                    number,
                    from: [.running],
                    to: .finalizing,
                    set: values(for: .finalizing, path, owner: owner)
                )
            case .succeeded, .failed, .retrying:
                _ = try jobs.move(number, from: [.running], to: state)
            case .paused, .cancelled: _ = try jobs.move(number, from: [.ready], to: state)
            default: break
            }
        }
        return try #require(try await catalog.list.job(number: job.number))
    }

    /// What the columns of a state need besides what a move gives them.
    private static func values(for state: JobState, _ name: String, owner: String) -> JobValues {
        switch state {
        case .running: [.owner: .value(owner)]
        case .finalizing:
            [
                .owner: .value(owner), .targetDevice: .value(1), .targetInode: .value(2),
                .targetSize: .value(3), .fileName: .value(name),
            ]
        default: [:]
        }
    }

    @Test(arguments: JobState.allCases)
    func `a job makes each legal move, and no other`(from: JobState) async throws {
        try await Home.withCatalog { _, catalog, holder in
            for next in JobState.allCases where next != from {
                let path = "\(from)-\(next)"
                let job = try await Self.lead(to: from, path, catalog, by: holder.id)
                #expect(job.state == from)
                let events = try await catalog.list.events(limit: 10_000).count
                let outcome = await Self.move(job, to: next, catalog, owner: holder.id)
                let present = try await catalog.list.job(number: job.number)
                let added = try await catalog.list.events(limit: 10_000).count - events
                if from.mayBecome(next) {
                    #expect(try outcome.get()?.count == 1, "\(path)")
                    #expect(present?.state == next, "\(path)")
                    #expect(added == 1, "\(path)")
                } else {
                    #expect(throws: Failure.self, "\(path)") { try outcome.get() }
                    #expect(present == job, "\(path)")
                    #expect(added == 0, "\(path)")
                }
            }
            // What is still running or finalizing belongs to this process, which lives.
            #expect(try await catalog.control.recover() == Recovery())
        }
    }

    private static func move(
        _ job: Job,
        to next: JobState,
        _ catalog: Catalog,
        owner: String
    ) async -> Result<[JobEvent]?, Failure> {
        do throws(Failure) {
            return .success(
                try await catalog.database.write(.process) { database in
                    try JobTransaction(database, at: start).move(
                        StoredEvent.Subject(job),
                        from: [job.state],
                        to: next,
                        set: values(for: next, "\(job.number)", owner: owner),
                        event: .queued(priority: 1)
                    )
                }
            )
        } catch { return .failure(error) }
    }

    @Test func `a claim that is not valid any more moves nothing`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            var old = claim
            old.epoch -= 1
            let events = try await catalog.list.events(limit: 100)
            let moves: [([JobState], JobState)] = [
                ([.running], .failed), ([.running], .paused), ([.running], .ready),
                ([.running, .finalizing], .running),
            ]
            for (states, next) in moves {
                let moved = try await catalog.database.write(.process) { [old] database in
                    try JobTransaction(database, at: start).move(
                        old,
                        from: states,
                        to: next,
                        event: .queued(priority: 1)
                    )
                }
                #expect(moved == nil)
            }
            let isUpdated = try await catalog.database.write(.process) { [old] database in
                try JobTransaction(database, at: start).update(old, set: [.bytesDone: .value(5)])
            }
            #expect(!isUpdated)
            #expect(try await catalog.list.job(number: claim.number) == claim.job)
            #expect(try await catalog.list.events(limit: 100) == events)
        }
    }

    @Test func `a job that leaves its executor has no owner, intent, target or cause left`()
        async throws
    {
        try await Home.withCatalog { home, catalog, holder in
            let claim = try await catalog.queue.claimed("a", by: holder)
            _ = try await catalog.control.apply(.pause, to: JobSelection())
            #expect(try await catalog.recorder.intents(for: holder.id) == [claim.number: .pause])
            _ = try await catalog.recorder.finalizing(claim, target: target, verification: nil)
            _ = try await catalog.recorder.interrupted(claim)
            let left = try home.raw { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT 1 FROM job WHERE owner IS NOT NULL OR intent IS NOT NULL
                            OR target_device IS NOT NULL OR paused_by IS NOT NULL
                        """
                )
            }
            #expect(left == [])
            _ = try await catalog.control.apply(.pause, to: JobSelection())
            #expect(try await catalog.list.job(number: claim.number)?.pausedBy == .person)
            _ = try await catalog.control.cancel(number: claim.number)
            let cause = try home.raw { database in
                try String.fetchOne(database, sql: "SELECT paused_by FROM job")
            }
            #expect(cause == nil)
        }
    }

    @Test(arguments: [JobState.succeeded, .failed, .cancelled])
    func `the end of a job settles those that wait for it, and numbers all events`(
        end: JobState
    ) async throws {
        try await Home.withCatalog { _, catalog, holder in
            let first = try await catalog.queue.claimed("first", by: holder)
            var numbers = [first.number]
            for index in 0..<3 {
                var queued = JobDraft(try request("f\(index)"))
                queued.after = numbers.last
                let outcomes = try await catalog.queue.add(
                    [Entry(queued, directory: "/downloads")],
                    now: start
                )
                numbers.append(try #require(outcomes.first).job.number)
            }
            let last = try await catalog.list.lastEvent()
            let events = try await catalog.database.write(.process) { database in
                try JobTransaction(database, at: start).move(
                    first,
                    from: [.running],
                    to: end,
                    event: .queued(priority: 1)
                )
            }
            let states = try await catalog.queue.states(of: numbers)
            let expected: [JobState] =
                end == .succeeded
                ? [end, .ready, .blocked, .blocked] : [end, .failed, .failed, .failed]
            #expect(numbers.map { states[$0] } == expected)
            let count = end == .succeeded ? 1 : 4
            #expect(events?.map(\.sequence) == Array(last + 1..<last + 1 + Int64(count)))
            #expect(try await catalog.list.events(after: last, limit: 10) == events)
        }
    }
}
