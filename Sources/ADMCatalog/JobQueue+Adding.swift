package import ADMModel
package import Foundation
import GRDB

/// How jobs get into the queue.
extension JobQueue {
    /// How many milliseconds of waiting one step of priority is worth.
    static let agingPerPriority: Int64 = 600_000

    /// The place in the queue of a job that may begin at a moment.
    static func sortKey(_ moment: Int64, priority: Int) -> Int64 {
        moment.subtracting(
            saturating: Int64(priority).multiplied(saturating: agingPerPriority)
        )
    }

    /// The same for a job of the database, whose moment is SQL and whose priority is the row's.
    static func sortKey(_ moment: String) -> JobValues.Value {
        .sql("\(moment) - priority * \(agingPerPriority)")
    }

    /// Adds jobs, all of them or none, each with its event `download.queued`.
    ///
    /// Secret header fields are not stored, only their names are. Two requests are the same if
    /// URL, directory, given file name and the other header fields agree; while the earlier one is
    /// not finished, the later one gets its job, also inside one call. A job that failed or was
    /// cancelled but has bytes is taken up again in the same way, and if the request is to be
    /// unique, so is one that has succeeded.
    ///
    /// - Throws: ``Failure``; then nothing was added. `jobNotFound` if the job to wait for does
    ///   not exist, `exists` if it has failed or was cancelled.
    package func add(
        _ jobs: [PreparedJob],
        survives durability: Durability = .power
    ) async throws(Failure) -> [AddOutcome] {
        try await database.write(durability) { database in
            try JobQueue.trusting(jobs.count, in: database) {
                var inserter = try JobInserter(database)
                let outcomes = try jobs.map { try inserter.add($0) }
                try inserter.count()
                return outcomes
            }
        }
    }

    /// Adds a job that somebody may ask for again with the same key: it is added once, whatever happens in between.
    ///
    /// The key is remembered for a day, in the transaction that adds the job.
    ///
    /// - Throws: ``Failure`` as ``add(_:survives:)`` does; then nothing was added.
    package func add(
        _ job: PreparedJob,
        for request: RequestKey,
        now: Date
    ) async throws(Failure) -> KeyedOutcome {
        let now = now.milliseconds
        return try await database.write(.power) { database in
            if let known = try RequestRecord.outcome(of: request, at: now, in: database) {
                return known
            }
            var inserter = try JobInserter(database)
            let queued = try inserter.add(job).queued
            try inserter.count()
            try RequestRecord.keep(queued, of: request, at: now, in: database)
            return .first(queued)
        }
    }

    /// From this many rows on they are inserted without the CHECKs of the table.
    ///
    /// Those are half of the cost of a row (13 instead of 24 microseconds, measured). They guard
    /// against moves that go wrong; what a new row holds is written by ``PreparedJob`` alone.
    private static let trustedCount = 500

    private static func trusting<R>(
        _ count: Int,
        in database: Database,
        _ body: () throws -> R
    ) throws -> R {
        guard count >= trustedCount else { return try body() }
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        defer { try? database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        return try body()
    }

    /// The state in which a job begins.
    static func beginning(_ new: PreparedJob, in database: Database) throws -> JobState {
        guard let after = new.draft.after else { return new.state }
        guard let row = try JobRecord.row(after, in: database) else {
            throw JobRecord.notFound(String(after))
        }
        let state = JobState(rawValue: try row.decode(forColumn: "state"))
        switch state {
        case .succeeded: return new.state
        case .failed, .cancelled:
            throw Failure(
                .exists,
                "job \(after), which is to be waited for, has \(state == .failed ? "failed" : "been cancelled")",
                hint: "adm queue retry \(after) gives it another chance"
            )
        default: return .blocked
        }
    }
}
