package import ADMModel
package import Foundation
import GRDB

extension Catalog {
    /// How many milliseconds of waiting one step of priority is worth.
    static let agingPerPriority: Int64 = 600_000

    /// Adds jobs, all of them or none, each with its event `download.queued`.
    ///
    /// The directory of each is where it is saved: absolute. Secret header fields are not stored,
    /// only their names are. Two requests are the same where URL, directory, given file name and
    /// the other header fields agree; while the earlier one is not finished, the later one gets
    /// its job, also inside one call. A job that failed or was cancelled but has bytes is taken up
    /// again in the same way.
    ///
    /// - Throws: ``Failure``; then nothing was added.
    package func add(
        _ requests: [(JobRequest, directory: String)],
        now: Date = Date()
    ) throws(Failure) -> [AddOutcome] {
        try write(.power) { database in
            try requests.map { request, directory in
                let stored = StoredRequest(request, directory: directory)
                if let twin = try Catalog.unfinished(stored.uniqueKey, in: database)
                    ?? Catalog.abandoned(stored.uniqueKey, in: database)
                {
                    return .existing(twin)
                }
                let job = try Catalog.insert(stored, directory, at: now, in: database)
                let event = try StoredEvent.append(
                    .queued(priority: request.priority),
                    of: job,
                    at: now,
                    to: database
                )
                return .added(job, event)
            }
        }
    }

    /// The unfinished job with this key.
    static func unfinished(_ uniqueKey: String, in database: Database) throws -> Job? {
        let select = try database.cachedStatement(
            sql: """
                SELECT * FROM job
                WHERE uniq = ? AND state NOT IN ('succeeded', 'failed', 'cancelled')
                """
        )
        return try Row.fetchOne(select, arguments: [uniqueKey]).map(JobRow.job)
    }

    /// The newest job with this key that was given up although it has bytes.
    private static func abandoned(_ uniqueKey: String, in database: Database) throws -> Job? {
        let select = try database.cachedStatement(
            sql: """
                SELECT * FROM job INDEXED BY job_again
                WHERE uniq = ? AND state IN ('failed', 'cancelled') AND bytes_done > 0
                ORDER BY number DESC LIMIT 1
                """
        )
        return try Row.fetchOne(select, arguments: [uniqueKey]).map(JobRow.job)
    }

    private static func insert(
        _ stored: StoredRequest,
        _ directory: String,
        at now: Date,
        in database: Database
    ) throws -> Job {
        let id = JobID(now: now)
        let time = now.milliseconds
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO job (
                    id, state, sort_key, run_at, priority, created_at, updated_at,
                    host, url, directory, uniq, withheld, request)
                VALUES (?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        let priority = Int64(stored.request.priority)
        try insert.execute(arguments: [
            id.description, time - priority * agingPerPriority, time, priority, time, time,
            stored.request.url.origin.host, stored.request.url.string, directory,
            stored.uniqueKey, try StoredJSON.text(stored.withheld),
            try StoredJSON.text(stored.request),
        ])
        return Job(
            id: id,
            number: database.lastInsertedRowID,
            request: stored.request,
            withheldHeaders: stored.withheld,
            state: .ready,
            directory: directory,
            createdAt: now.inMilliseconds
        )
    }
}
