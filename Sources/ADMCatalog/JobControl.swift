package import ADMModel
package import Foundation
import GRDB

/// Where in the queue a job goes.
package enum QueueEnd: Sendable, Hashable {
    /// Before all others.
    case first
    /// Behind all others.
    case last
}

/// What others than its executor do to a job.
package struct JobControl: Sendable {
    let database: WorkspaceDatabase
    let liveness: Liveness

    /// Cancels a job, at once if no process executes it, with an event `download.cancelled`.
    ///
    /// A living executor is told and stops the job itself; a dead one is not waited for.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    package func cancel(number: Int64, now: Date = Date()) async throws(Failure) -> CancelOutcome {
        try await database.write(.power) { [liveness] database in
            guard let row = try JobRecord.row(number, in: database) else {
                throw JobRecord.notFound(String(number))
            }
            let job = try JobRecord.job(from: row)
            let jobs = JobTransaction(database, at: now)
            switch job.state {
            case .succeeded, .failed, .cancelled, .finalizing: return .unchanged(job.state)
            case .running:
                guard try !liveness.isAlive(row.decode(forColumn: "owner")) else {
                    let intent = JobValues.Value.value(JobIntent.cancel.rawValue)
                    _ = try jobs.update(number, in: [.running], set: [.intent: intent])
                    return .requested
                }
            case .scheduled, .ready, .paused, .retrying, .blocked: break
            }
            return .cancelled(try jobs.cancel(StoredEvent.Subject(job), from: job.state))
        }
    }

    /// Removes a job that no process executes, with its segments and errors; its events stay.
    ///
    /// False if it is running or being finalized: cancel it first. Its files are the caller's.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    package func remove(number: Int64) async throws(Failure) -> Bool {
        try await database.write(.power) { database in
            try database.execute(
                sql: "DELETE FROM job WHERE number = ? AND state NOT IN ('running', 'finalizing')",
                arguments: [number]
            )
            if database.changesCount == 1 {
                _ = try JobTransaction(database, at: Date())
                    .settleDependents(of: number, didSucceed: false)
                return true
            }
            guard try JobRecord.row(number, in: database) != nil else {
                throw JobRecord.notFound(String(number))
            }
            return false
        }
    }

    /// Puts a held or finished job back into the queue, with its bytes and an event `download.queued`.
    ///
    /// From `paused`, `retrying`, `failed` or `cancelled`, with `mayRepeat` also from `succeeded`; nil
    /// if it is in another state.
    /// A job that was held before its time, or before the job that it waits for had succeeded, goes
    /// on waiting.
    ///
    /// With `atOnce` it is ready whatever it waited for, also from `scheduled` and `blocked`, and waits for
    /// no other job any more.
    ///
    /// If another unfinished job took the file name in the meantime, this one gives it up and gets a
    /// new one when it starts.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; with `exists` if another unfinished job fetches
    ///   the same thing to the same place.
    package func makeReady(
        number: Int64,
        mayRepeat: Bool = false,
        atOnce: Bool = false,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.power) { database in
            guard let row = try JobRecord.row(number, in: database) else {
                throw JobRecord.notFound(String(number))
            }
            let state = JobState(rawValue: try row.decode(forColumn: "state"))
            switch state {
            case .paused, .retrying, .failed, .cancelled: break
            case .succeeded where mayRepeat: break
            case .scheduled where atOnce, .blocked where atOnce: break
            default: return nil
            }
            return try JobTransaction(database, at: now).makeReady(number, atOnce: atOnce).events
        }
    }

    /// Puts a job before or behind all that wait; false if it does not wait.
    ///
    /// Its priority stays what it was: it counts again when the job is tried again.
    package func move(number: Int64, to end: QueueEnd) async throws(Failure) -> Bool {
        try await database.write(.power) { database in
            let order = end == .first ? "ASC" : "DESC"
            let edge = try Int64.fetchOne(
                database,
                sql: """
                    SELECT sort_key FROM job INDEXED BY job_pull
                    WHERE \(JobQuery.free)
                    ORDER BY sort_key \(order) LIMIT 1
                    """
            )
            guard let row = try JobRecord.row(number, in: database) else {
                throw JobRecord.notFound(String(number))
            }
            _ = try JobRecord.job(from: row)
            try database.execute(
                sql: """
                    UPDATE job SET sort_key = coalesce(?, sort_key)
                    WHERE number = ?
                        AND state IN ('scheduled', 'ready', 'paused', 'retrying', 'blocked')
                    """,
                arguments: [edge.map { $0.adding(saturating: end == .first ? -1 : 1) }, number]
            )
            return database.changesCount == 1
        }
    }

    /// Does something to the selected jobs whose numbers are above `number`, to a limited number of
    /// them at once: continue with ``BulkStep/next``.
    ///
    /// A job that a living process runs is not touched: its process is to obey the intent that is
    /// recorded, and `owners` says whom to wake.
    package func apply(
        _ action: QueueAction,
        to selection: JobSelection,
        after number: Int64 = 0,
        now: Date = Date()
    ) async throws(Failure) -> BulkStep {
        let bulk = BulkAction(action: action, selection: selection)
        let numbers = try await database.read { try bulk.numbers(after: number, in: $0) }
        guard let last = numbers.last else { return BulkStep() }
        return try await database.write(.power) { [liveness] database in
            var step = try bulk.apply(
                to: numbers,
                in: JobTransaction(database, at: now),
                liveness: liveness
            )
            step.next = numbers.count == BulkAction.size ? last : nil
            return step
        }
    }
}
