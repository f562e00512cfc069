package import ADMModel
import ADMSystem
package import Foundation
import GRDB

/// What others than the executor do to a job.
extension Catalog {
    /// Cancels a job, at once where no process executes it, with an event `download.cancelled`.
    ///
    /// A living executor is told and stops the job itself; a dead one is not waited for.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    package func cancel(number: Int64, now: Date = Date()) throws(Failure) -> CancelOutcome {
        let home = self.home
        return try write(.power) { database in
            guard let row = try Catalog.row(number, in: database) else {
                throw Catalog.notFound(String(number))
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
            let event = try Catalog.cancel(subject, from: job.state, at: now, in: database)
            let others = try Catalog.settleDependents(
                of: number,
                didSucceed: false,
                at: now,
                in: database
            )
            return .cancelled([event] + others)
        }
    }

    /// What others want of the jobs that a process executes, by number.
    package func intents(for owner: String) throws(Failure) -> [Int64: JobIntent] {
        try read { database in
            let select = try database.cachedStatement(
                sql: """
                    SELECT number, intent FROM job INDEXED BY job_owned
                    WHERE owner = ? AND intent IS NOT NULL
                    """
            )
            var intents: [Int64: JobIntent] = [:]
            for row in try Row.fetchAll(select, arguments: [owner]) {
                let number: Int64 = try row.decode(forColumn: "number")
                intents[number] = JobIntent(rawValue: try row.decode(forColumn: "intent"))
            }
            return intents
        }
    }

    /// Removes a job that no process executes, with its segments and errors; its events stay.
    ///
    /// False where it is running or being finalized: cancel it first. Its files are the caller's.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`.
    package func remove(number: Int64) throws(Failure) -> Bool {
        try write(.power) { database in
            try database.execute(
                sql: "DELETE FROM job WHERE number = ? AND state NOT IN ('running', 'finalizing')",
                arguments: [number]
            )
            if database.changesCount == 1 {
                _ = try Catalog.settleDependents(
                    of: number,
                    didSucceed: false,
                    at: Date(),
                    in: database
                )
                return true
            }
            guard try Catalog.row(number, in: database) != nil else {
                throw Catalog.notFound(String(number))
            }
            return false
        }
    }

    /// Takes back the jobs of processes that died.
    ///
    /// A running one becomes `ready` (or what somebody had asked of it), keeps its bytes up to the
    /// last checkpoint, and counts one recovery. One in `finalizing` is only reported: take it
    /// with ``claimFinalizing(number:owner:now:isAlive:)``. Nothing is written where nobody died.
    package func recover(
        now: Date = Date(),
        isAlive: (@Sendable (String) -> Bool)? = nil
    ) throws(Failure) -> Recovery {
        let home = self.home
        let isAlive = isAlive ?? { LivenessLock.isAlive(id: $0, in: home) }
        let owners = try read { try String.fetchAll($0, sql: JobQuery.owners) }
        let attendants = try read { try String.fetchAll($0, sql: JobQuery.attendants) }
        let dead = owners.filter { !isAlive($0) }
        let absent = attendants.filter { !isAlive($0) }
        guard !dead.isEmpty || !absent.isEmpty else { return Recovery() }
        return try write(.process) { database in
            var recovery = Recovery()
            for attendant in absent {
                try database.execute(
                    sql: "UPDATE job SET attendant = NULL WHERE attendant = ?",
                    arguments: [attendant]
                )
            }
            for owner in dead {
                for row in try Row.fetchAll(database, sql: JobQuery.owned, arguments: [owner]) {
                    let number: Int64 = try row.decode(at: .number)
                    var recovered = recovery
                    let given = try Catalog.isolating(number, at: now, in: database) {
                        try Catalog.recover(row, at: now, in: database, into: &recovered)
                        recovery = recovered
                    }
                    recovery.events += given
                }
            }
            return recovery
        }
    }

    private static func recover(
        _ row: Row,
        at now: Date,
        in database: Database,
        into recovery: inout Recovery
    ) throws {
        let job = try JobRow.job(from: row)
        let intent: String? = try row.decode(forColumn: "intent")
        switch (job.state, intent.flatMap(JobIntent.init)) {
        case (.finalizing, _): recovery.finalizing.append(job.number)
        case (_, .cancel):
            recovery.cancelled.append(job.number)
            let subject = StoredEvent.Subject(job)
            recovery.events.append(try cancel(subject, from: .running, at: now, in: database))
            recovery.events += try settleDependents(
                of: job.number,
                didSucceed: false,
                at: now,
                in: database
            )
        case (_, .pause):
            recovery.paused.append(job.number)
            try release(job.number, as: .paused, at: now, in: database)
        case (_, .yield), (_, nil):
            // Only who ran alone can have been the one that killed the process.
            let recoveries: Int = try row.decode(forColumn: "recoveries")
            if recoveries >= Recovery.onTrial {
                recovery.poisoned.append(job.number)
                recovery.events += try poison(job, at: now, in: database)
            } else {
                recovery.ready.append(job.number)
                try release(job.number, as: .ready, at: now, in: database)
            }
        }
    }

    /// Gives up a job whose process died again and again without any progress.
    private static func poison(
        _ job: Job,
        at now: Date,
        in database: Database
    ) throws -> [JobEvent] {
        let failure = Failure(
            .poison,
            "the process that fetched job \(job.number) died again and again without any progress, the"
                + " last time while it ran nothing else",
            hint: "adm queue retry \(job.number) tries it again"
        )
        try fail(job.number, failure, at: now, in: database)
        return try [StoredEvent.append(.failed(failure), of: job, at: now, to: database)]
            + settleDependents(of: job.number, didSucceed: false, at: now, in: database)
    }

    private static func release(
        _ number: Int64,
        as state: JobState,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = ?, owner = NULL, intent = NULL, paused_by = ?,
                    recoveries = min(recoveries + 1, ?), updated_at = ?
                WHERE number = ? AND state = 'running'
                """,
            arguments: [
                state.rawValue, state == .paused ? PauseCause.person.rawValue : nil,
                Recovery.suspicion, now.milliseconds, number,
            ]
        )
    }

    /// Cancels a job that no living process executes.
    static func cancel(
        _ job: StoredEvent.Subject,
        from state: JobState,
        at now: Date,
        in database: Database
    ) throws -> JobEvent {
        let update = try database.cachedStatement(
            sql: """
                UPDATE job SET state = 'cancelled', owner = NULL, intent = NULL, finished_at = ?,
                    updated_at = ?
                WHERE number = ? AND state = ?
                """
        )
        try update.execute(arguments: [
            now.milliseconds, now.milliseconds, job.number, state.rawValue,
        ])
        return try StoredEvent.append(.cancelled(from: state), of: job, at: now, to: database)
    }
}
