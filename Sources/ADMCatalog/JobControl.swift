package import ADMModel
import ADMSystem
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
    let home: HomeLayout

    /// Cancels a job, at once where no process executes it, with an event `download.cancelled`.
    ///
    /// A living executor is told and stops the job itself; a dead one is not waited for.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    package func cancel(number: Int64, now: Date = Date()) async throws(Failure) -> CancelOutcome {
        let home = self.home
        return try await database.write(.power) { database in
            guard let row = try JobRow.row(number, in: database) else {
                throw JobRow.notFound(String(number))
            }
            let job = try JobRow.job(from: row)
            switch job.state {
            case .succeeded, .failed, .cancelled, .finalizing: return .unchanged(job.state)
            case .running:
                let owner: String = try row.decode(forColumn: "owner")
                guard !LivenessLock.isAlive(id: owner, in: home) else {
                    try database.execute(
                        sql: """
                            UPDATE job SET intent = 'cancel', updated_at = ?
                            WHERE number = ? AND state = 'running' AND owner = ?
                            """,
                        arguments: [now.milliseconds, number, owner]
                    )
                    return .requested
                }
            case .scheduled, .ready, .paused, .retrying, .blocked: break
            }
            let subject = StoredEvent.Subject(job)
            let event = try JobMoves.cancel(subject, from: job.state, at: now, in: database)
            let others = try JobMoves.settleDependents(
                of: number,
                didSucceed: false,
                at: now,
                in: database
            )
            return .cancelled([event] + others)
        }
    }

    /// Removes a job that no process executes, with its segments and errors; its events stay.
    ///
    /// False where it is running or being finalized: cancel it first. Its files are the caller's.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    package func remove(number: Int64) async throws(Failure) -> Bool {
        try await database.write(.power) { database in
            try database.execute(
                sql: "DELETE FROM job WHERE number = ? AND state NOT IN ('running', 'finalizing')",
                arguments: [number]
            )
            if database.changesCount == 1 {
                _ = try JobMoves.settleDependents(
                    of: number,
                    didSucceed: false,
                    at: Date(),
                    in: database
                )
                return true
            }
            guard try JobRow.row(number, in: database) != nil else {
                throw JobRow.notFound(String(number))
            }
            return false
        }
    }

    /// Puts a held or finished job back into the queue, with its bytes and an event `download.queued`.
    ///
    /// From `paused`, `retrying`, `failed` or `cancelled`, with `mayRepeat` also from `succeeded`; nil
    /// where it is in another state.
    /// A job that was held before its time, or before the job that it waits for had succeeded, goes
    /// on waiting.
    ///
    /// With `atOnce` it is ready whatever it waited for, also from `scheduled` and `blocked`, and waits for
    /// no other job any more.
    ///
    /// Where another unfinished job took the file name meanwhile, this one gives it up and gets a
    /// new one when it starts.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; with `exists` where another unfinished job fetches
    ///   the same thing to the same place.
    package func makeReady(
        number: Int64,
        mayRepeat: Bool = false,
        atOnce: Bool = false,
        now: Date = Date()
    ) async throws(Failure) -> [JobEvent]? {
        try await database.write(.power) { database in
            guard let row = try JobRow.row(number, in: database) else {
                throw JobRow.notFound(String(number))
            }
            let state = JobState(rawValue: try row.decode(forColumn: "state"))
            switch state {
            case .paused, .retrying, .failed, .cancelled: break
            case .succeeded where mayRepeat: break
            case .scheduled where atOnce, .blocked where atOnce: break
            default: return nil
            }
            return try JobMoves.makeReady(number, atOnce: atOnce, at: now, in: database).events
        }
    }

    /// Puts a job before or behind all that wait; false where it does not wait.
    ///
    /// Its priority stays what it was: it counts again when the job is tried anew.
    package func move(number: Int64, to end: QueueEnd) async throws(Failure) -> Bool {
        try await database.write(.power) { database in
            let order = end == .first ? "ASC" : "DESC"
            let edge = try Int64.fetchOne(
                database,
                sql: """
                    SELECT sort_key FROM job INDEXED BY job_pull
                    WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]'
                    ORDER BY sort_key \(order) LIMIT 1
                    """
            )
            guard let row = try JobRow.row(number, in: database) else {
                throw JobRow.notFound(String(number))
            }
            _ = try JobRow.job(from: row)
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
    /// them at once: go on with ``BulkStep/next``.
    ///
    /// A job that a living process runs is not touched: its process is to obey the intent that is
    /// recorded, and `owners` says whom to wake.
    package func apply(
        _ action: QueueAction,
        to selection: JobSelection,
        after number: Int64 = 0,
        now: Date = Date()
    ) async throws(Failure) -> BulkStep {
        let rows = try await database.read {
            try BulkAction.select(selection, after: number, in: $0)
        }
        guard let last = rows.last else { return BulkStep() }
        let home = self.home
        return try await database.write(.power) { database in
            var step = BulkStep()
            var alive: [String: Bool] = [:]
            let isAlive = { (owner: String) -> Bool in
                if let known = alive[owner] { return known }
                let lives = LivenessLock.isAlive(id: owner, in: home)
                alive[owner] = lives
                return lives
            }
            for number in rows {
                let given = try JobMoves.isolating(number, at: now, in: database) {
                    try BulkAction.apply(
                        action,
                        to: number,
                        of: selection,
                        isAlive: isAlive,
                        at: now,
                        in: database,
                        into: &step
                    )
                }
                step.events += given
            }
            step.next = rows.count == BulkAction.bulkSize ? last : nil
            return step
        }
    }
}
