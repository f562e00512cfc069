package import ADMModel
package import Foundation
import GRDB

/// A request on its way into a workspace's queue.
package struct QueueEntry: Sendable {
    /// What to fetch, and when.
    package var queued: QueuedRequest
    /// The directory that it is saved into, absolute.
    package var directory: String
    /// The process that waits for it in the foreground and runs it itself.
    package var attendant: String?

    /// Makes an entry.
    package init(_ queued: QueuedRequest, directory: String, attendant: String? = nil) {
        self.queued = queued
        self.directory = directory
        self.attendant = attendant
    }
}

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
    /// Secret header fields are not stored, only their names are. Two requests are the same where
    /// URL, directory, given file name and the other header fields agree; while the earlier one is
    /// not finished, the later one gets its job, also inside one call. A job that failed or was
    /// cancelled but has bytes is taken up again in the same way, and where the request is to be
    /// unique, so is one that has succeeded.
    ///
    /// - Throws: ``Failure``; then nothing was added. `jobNotFound` where the job to wait for does
    ///   not exist, `exists` where it has failed or was cancelled.
    package func add(
        _ entries: [QueueEntry],
        survives durability: Durability = .power,
        now: Date = Date()
    ) async throws(Failure) -> [AddOutcome] {
        // Rows are made ready here and jobs made of them here, beside what the database's thread
        // does for others.
        let rows = try NewRow.rows(for: entries, at: now)
        let outcomes = try await insert(rows, durability, at: now)
        return zip(rows, outcomes).map { row, outcome in
            switch outcome {
            case .inserted(let inserted): row.added(inserted)
            case .existing(let job): .existing(job)
            }
        }
    }

    /// The same for many jobs, of which the caller only needs the names.
    ///
    /// - Throws: ``Failure`` as ``add(_:now:)`` does.
    package func enqueue(
        _ entries: [QueueEntry],
        now: Date = Date()
    ) async throws(Failure) -> [QueuedJob] {
        let rows = try NewRow.rows(for: entries, at: now)
        let outcomes = try await insert(rows, .power, at: now)
        return zip(rows, outcomes).map { row, outcome in
            switch outcome {
            case .inserted(let new):
                QueuedJob(id: row.id, number: new.number, state: new.state, isNew: true)
            case .existing(let job):
                QueuedJob(id: job.id, number: job.number, state: job.state, isNew: false)
            }
        }
    }

    private func insert(
        _ rows: [NewRow],
        _ durability: Durability,
        at now: Date
    ) async throws(Failure) -> [Inserting.Outcome] {
        try await database.write(durability) { database in
            try JobQueue.trusting(rows.count, in: database) {
                var inserting = try Inserting(database, at: now)
                let outcomes = try rows.map { try inserting.insert($0) }
                try inserting.count()
                return outcomes
            }
        }
    }

    /// From so many rows on they are inserted without the CHECKs of the table.
    ///
    /// Those are half of the cost of a row (13 instead of 24 microseconds, measured). They guard
    /// against moves that go wrong; what a new row holds is written by ``NewRow`` alone.
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
    static func beginning(_ new: NewRow, in database: Database) throws -> JobState {
        guard let after = new.entry.queued.after else { return new.state }
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
