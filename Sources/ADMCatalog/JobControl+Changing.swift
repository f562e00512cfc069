package import ADMModel
package import Foundation
import GRDB

/// Changes of jobs that wait.
extension JobControl {
    /// Changes a job that does not run, or the speed limit of one that does; nil where it has succeeded,
    /// or runs and something else is to change.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; `exists` where a new place is wanted and it has
    ///   bytes already, or another job fetches the same to there.
    package func change(
        number: Int64,
        _ change: JobChange,
        now: Date = Date()
    ) async throws(Failure) -> Job? {
        try await database.write(.power) { database in
            guard let row = try JobRow.row(number, in: database) else {
                throw JobRow.notFound(String(number))
            }
            let job = try JobRow.job(from: row)
            if let priority = change.priority { try Priority.check(priority) }
            if job.state == .running, change.isForRunning {
                return try JobControl.limit(job, change, at: now, in: database)
            }
            guard ![.running, .finalizing, .succeeded].contains(job.state) else { return nil }
            var request = job.request
            request.priority = change.priority ?? request.priority
            request.settings.merge(change.settings)
            request.directory = change.directory ?? request.directory
            request.fileName = change.fileName ?? request.fileName
            if change.directory != nil || change.fileName != nil, job.bytesDone > 0 {
                throw Failure(
                    .exists,
                    "job \(number) has bytes in \(job.directory) already",
                    hint: "cancel it and add it again to save it elsewhere"
                )
            }
            let stored = StoredRequest(request, directory: change.directory ?? job.directory)
            if let twin = try JobRow.unfinished(stored.uniqueKey, in: database),
                twin.number != number
            {
                throw Failure(.exists, "job \(twin.number) fetches the same file to there already")
            }
            try JobControl.store(stored, change, for: job, at: now, in: database)
            return try JobRow.row(number, in: database).map(JobRow.job)
        }
    }

    /// Changes the settings of a job that runs; its process looks at them from time to time.
    private static func limit(
        _ job: Job,
        _ change: JobChange,
        at now: Date,
        in database: Database
    ) throws -> Job? {
        var request = job.request
        request.settings.merge(change.settings)
        try database.execute(
            sql: "UPDATE job SET request = ?, updated_at = ? WHERE number = ?",
            arguments: [
                try StoredRequest(request, directory: job.directory).text, now.milliseconds,
                job.number,
            ]
        )
        return try JobRow.row(job.number, in: database).map(JobRow.job)
    }

    private static func store(
        _ stored: StoredRequest,
        _ change: JobChange,
        for job: Job,
        at now: Date,
        in database: Database
    ) throws {
        let runAt = change.runAt.map { max($0, now).milliseconds }
        let isLater = (runAt ?? 0) > now.milliseconds
        let state: JobState =
            switch job.state {
            case .ready where isLater: .scheduled
            case .scheduled where runAt != nil && !isLater: .ready
            default: job.state
            }
        // From `ready` there is no move to `scheduled`: it goes through `paused`.
        if job.state == .ready, state == .scheduled {
            try database.execute(
                sql: "UPDATE job SET state = 'paused' WHERE number = ?",
                arguments: [job.number]
            )
        }
        try database.execute(
            sql: """
                UPDATE job SET state = :state, request = :request, uniq = :uniq,
                    directory = :directory, file_name = :name, priority = :priority,
                    run_at = coalesce(:at, run_at), paused_by = iif(:state = 'paused', paused_by, NULL),
                    sort_key = coalesce(:at, sort_key + priority * :aging) - :priority * :aging,
                    updated_at = :now
                WHERE number = :number
                """,
            arguments: [
                "state": state.rawValue, "request": try stored.text, "uniq": stored.uniqueKey,
                "directory": change.directory ?? job.directory,
                "name": change.fileName == nil && change.directory == nil ? job.fileName : nil,
                "priority": stored.request.priority, "at": runAt,
                "aging": JobQueue.agingPerPriority, "now": now.milliseconds, "number": job.number,
            ]
        )
        for tag in change.addedTags { try JobRow.tag(job.number, tag, in: database) }
        for tag in change.removedTags {
            try database.execute(
                sql: "DELETE FROM tag WHERE tag = ? AND job = ?",
                arguments: [tag, job.number]
            )
        }
    }

    /// Gives a job that does not run the options of a newer request for the same thing; nil where it
    /// runs or has succeeded.
    ///
    /// What is on disk stays. Secret header fields are not stored, only their names are.
    package func amend(
        number: Int64,
        with request: JobRequest,
        now: Date = Date()
    ) async throws(Failure) -> Job? {
        try await database.write(.power) { database in
            guard let row = try JobRow.row(number, in: database) else {
                throw JobRow.notFound(String(number))
            }
            let job = try JobRow.job(from: row)
            let stored = StoredRequest(request, directory: job.directory)
            try database.execute(
                sql: """
                    UPDATE job SET request = ?, withheld = ?, priority = ?,
                        sort_key = run_at - ? * ?, updated_at = ?
                    WHERE number = ? AND state NOT IN ('running', 'finalizing', 'succeeded')
                    """,
                arguments: [
                    try StoredJSON.text(stored.request), try StoredJSON.text(stored.withheld),
                    stored.request.priority, stored.request.priority, JobQueue.agingPerPriority,
                    now.milliseconds, number,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            if let pieces = request.pieces {
                try JobRow.keep(pieces, of: number, in: database)
            } else {
                try database.execute(sql: "DELETE FROM piece WHERE job = ?", arguments: [number])
            }
            return try JobRow.row(number, in: database).map(JobRow.job)
        }
    }
}
