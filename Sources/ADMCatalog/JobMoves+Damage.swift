import ADMModel
import Foundation
import GRDB

/// What becomes of rows that cannot be read: nobody has to wait for them, and they stay as they are
/// but for their state.
extension JobMoves {
    /// Does something with one job; where that cannot be read, or contradicts itself, it is set aside and
    /// nobody else is affected.
    ///
    /// - Returns: The events of what was given up.
    static func isolating(
        _ number: Int64,
        at now: Date,
        in database: Database,
        _ body: () throws -> Void
    ) throws -> [JobEvent] {
        do {
            try body()
            return []
        } catch let problem as UnreadableRow {
            return try setAside(problem, at: now, in: database)
        } catch let error as DatabaseError where isFaultOfRow(error) {
            let reason = "its columns contradict each other (\(error.message ?? "no reason"))"
            let problem = UnreadableRow(job: number, reason: reason)
            return try setAside(problem, at: now, in: database)
        }
    }

    /// Whether a statement about one job failed for what is in its row.
    ///
    /// That is a number that overflows, or columns that do not go together. The counters have checks of
    /// their own.
    private static func isFaultOfRow(_ error: DatabaseError) -> Bool {
        [.SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_DATATYPE].contains(error.extendedResultCode)
            && error.message?.hasSuffix(" n >= 0") != true
    }

    /// Gives up a job that cannot be read and that waits, runs or is being finalized, so that it is not
    /// in the way of others; it fails as `databaseDamaged`.
    ///
    /// What else its row holds is not looked at, nor is it held against the row now.
    static func setAside(
        _ problem: UnreadableRow,
        at now: Date,
        in database: Database
    ) throws -> [JobEvent] {
        guard let row = try JobRow.row(problem.job, in: database) else { return [] }
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        defer { try? database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        try database.execute(
            sql: "UPDATE job SET state = 'ready' WHERE number = ? AND state = 'scheduled'",
            arguments: [problem.job]
        )
        try database.execute(
            sql: """
                UPDATE job SET state = 'running' WHERE number = ? AND state IN ('ready', 'retrying')
                """,
            arguments: [problem.job]
        )
        try database.execute(
            sql: "UPDATE job SET owner = NULL, attendant = NULL, intent = NULL WHERE number = ?",
            arguments: [problem.job]
        )
        try database.execute(
            sql: """
                UPDATE job SET state = 'failed', failure = ?, target_device = NULL,
                    target_inode = NULL, target_size = NULL, finished_at = ?, updated_at = ?
                WHERE number = ? AND state IN ('running', 'finalizing', 'blocked')
                """,
            arguments: [
                try StoredJSON.text(problem.failure), now.milliseconds, now.milliseconds,
                problem.job,
            ]
        )
        guard database.changesCount == 1 else { return [] }
        let subject = StoredEvent.Subject(JobRow.light(row, problem))
        return try [
            StoredEvent.append(.failed(problem.failure), of: subject, at: now, to: database)
        ]
            + settleDependents(of: problem.job, didSucceed: false, at: now, in: database)
    }
}

extension StoredEvent.Subject {
    /// A job of which only the number may be known.
    init(_ job: UnreadableJob) {
        let unknown = String(repeating: "0", count: 26)
        self.init(
            id: job.id ?? JobID(unknown) ?? JobID(),
            number: job.number,
            url: job.url ?? ""
        )
    }
}
