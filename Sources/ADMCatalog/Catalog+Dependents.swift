import ADMModel
import Foundation
import GRDB

/// What becomes of the jobs that wait for another one.
extension Catalog {
    /// A job has ended: those that waited for it are ready, or fail with it, and so on.
    static func settleDependents(
        of number: Int64,
        didSucceed: Bool,
        at now: Date,
        in database: Database
    ) throws -> [JobEvent] {
        var events: [JobEvent] = []
        var ended = [number]
        while let next = ended.popLast() {
            for job in try blocked(by: next, in: database) {
                if didSucceed {
                    events += try isolating(job.number, at: now, in: database) {
                        try unblock(job, at: now, in: database)
                    }
                    continue
                }
                let failure = Failure(
                    .dependency,
                    "job \(next), which job \(job.number) had to wait for, did not succeed",
                    hint: "adm queue retry \(next) and then \(job.number)"
                )
                var own: [JobEvent] = []
                let given = try isolating(job.number, at: now, in: database) {
                    try fail(job.number, failure, at: now, in: database)
                    own = [try StoredEvent.append(.failed(failure), of: job, at: now, to: database)]
                    ended.append(job.number)
                }
                events += own + given
            }
        }
        return events
    }

    /// Gives a job up that no living process executes.
    static func fail(
        _ number: Int64,
        _ failure: Failure,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = 'failed', owner = NULL, intent = NULL, failure = ?,
                    finished_at = ?, updated_at = ?
                WHERE number = ? AND state IN ('running', 'blocked')
                """,
            arguments: [
                try StoredJSON.text(failure), now.milliseconds, now.milliseconds, number,
            ]
        )
    }

    private static func blocked(
        by number: Int64,
        in database: Database
    ) throws -> [StoredEvent.Subject] {
        let select = try database.cachedStatement(
            sql: """
                SELECT number, id, url FROM job INDEXED BY job_waiting_for
                WHERE after_job = ? AND state = 'blocked' ORDER BY number
                """
        )
        return try Row.fetchAll(select, arguments: [number]).map { row in
            let problem = UnreadableRow(job: try row.decode(forColumn: "number"), reason: "")
            return StoredEvent.Subject(JobRow.light(row, problem))
        }
    }

    private static func unblock(
        _ job: StoredEvent.Subject,
        at now: Date,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = iif(run_at > :now, 'scheduled', 'ready'),
                    run_at = max(run_at, :now), updated_at = :now
                WHERE number = :number AND state = 'blocked'
                """,
            arguments: ["now": now.milliseconds, "number": job.number]
        )
    }
}
