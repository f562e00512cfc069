package import ADMModel
import ADMSystem
package import Foundation
import GRDB

/// What becomes of the jobs of processes that died.
extension JobControl {
    /// Takes back the jobs of processes that died.
    ///
    /// A running one becomes `ready` (or what somebody had asked of it), keeps its bytes up to the
    /// last checkpoint, and counts one recovery. One in `finalizing` is only reported: take it
    /// with ``claimFinalizing(number:owner:now:isAlive:)``. Nothing is written where nobody died.
    package func recover(
        now: Date = Date(),
        isAlive: (@Sendable (String) -> Bool)? = nil
    ) async throws(Failure) -> Recovery {
        let home = self.home
        let isAlive = isAlive ?? { LivenessLock.isAlive(id: $0, in: home) }
        let owners = try await database.read { try String.fetchAll($0, sql: JobQuery.owners) }
        let attendants = try await database.read {
            try String.fetchAll($0, sql: JobQuery.attendants)
        }
        let dead = owners.filter { !isAlive($0) }
        let absent = attendants.filter { !isAlive($0) }
        guard !dead.isEmpty || !absent.isEmpty else { return Recovery() }
        return try await database.write(.process) { database in
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
                    let given = try JobMoves.isolating(number, at: now, in: database) {
                        try JobControl.recover(row, at: now, in: database, into: &recovered)
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
            recovery.events.append(
                try JobMoves.cancel(subject, from: .running, at: now, in: database)
            )
            recovery.events += try JobMoves.settleDependents(
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
        try JobMoves.fail(job.number, failure, at: now, in: database)
        return try [StoredEvent.append(.failed(failure), of: job, at: now, to: database)]
            + JobMoves.settleDependents(of: job.number, didSucceed: false, at: now, in: database)
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

    /// Takes a job whose owner died while the file was on the way to its final name; nil where it
    /// is not in `finalizing` or its owner lives.
    ///
    /// The job stays in `finalizing`, the epoch grows by one, and the claim says where the file
    /// was going.
    package func claimFinalizing(
        number: Int64,
        owner: String,
        now: Date = Date(),
        isAlive: (@Sendable (String) -> Bool)? = nil
    ) async throws(Failure) -> Claim? {
        let home = self.home
        let isAlive = isAlive ?? { LivenessLock.isAlive(id: $0, in: home) }
        return try await database.write(.process) { database in
            let former = try String.fetchOne(
                database,
                sql: "SELECT owner FROM job WHERE number = ? AND state = 'finalizing'",
                arguments: [number]
            )
            guard let former, !isAlive(former) else { return nil }
            var claim: Claim?
            _ = try JobMoves.isolating(number, at: now, in: database) {
                // Before the statement calculates with what is in it.
                _ = try JobRow.row(number, in: database).map(JobRow.job)
                claim = try Row.fetchOne(
                    database,
                    sql: """
                        UPDATE job SET owner = ?, epoch = epoch + 1,
                            recoveries = min(recoveries + 1, ?), updated_at = ?
                        WHERE number = ? AND state = 'finalizing' AND owner = ? RETURNING *
                        """,
                    arguments: [owner, Recovery.suspicion, now.milliseconds, number, former]
                )
                .map { try JobRow.claim(from: $0, in: database) }
            }
            return claim
        }
    }
}
