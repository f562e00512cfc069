package import ADMModel
package import Foundation
import GRDB

/// Changes of jobs that wait.
extension JobControl {
    /// Changes a job that does not run, or the speed limit of one that does; nil if it has succeeded,
    /// or runs and something else is to change.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; `exists` if a new place is wanted and it has
    ///   bytes already, or another job fetches the same to there.
    package func change(
        number: Int64,
        _ change: JobChange,
        now: Date = Date()
    ) async throws(Failure) -> Job? {
        try await database.write(.power) { database in
            guard let row = try JobRecord.row(number, in: database) else {
                throw JobRecord.notFound(String(number))
            }
            let job = try JobRecord.job(from: row)
            let jobs = JobTransaction(database, at: now)
            if let priority = change.priority { try Priority.check(priority) }
            if job.state == .running, change.isForRunning {
                return try JobControl.limit(job, change, in: jobs)
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
            if let twin = try JobRecord.unfinished(stored.uniqueKey, in: database),
                twin.number != number
            {
                throw Failure(.exists, "job \(twin.number) fetches the same file to there already")
            }
            try JobControl.store(stored, change, for: job, in: jobs)
            return try JobRecord.row(number, in: database).map(JobRecord.job)
        }
    }

    /// Changes the settings of a job that runs; its process looks at them from time to time.
    private static func limit(
        _ job: Job,
        _ change: JobChange,
        in jobs: JobTransaction
    ) throws -> Job? {
        var request = job.request
        request.settings.merge(change.settings)
        let text = try StoredRequest(request, directory: job.directory).text
        _ = try jobs.update(job.number, in: [job.state], set: [.request: .value(text)])
        return try JobRecord.row(job.number, in: jobs.database).map(JobRecord.job)
    }

    private static func store(
        _ stored: StoredRequest,
        _ change: JobChange,
        for job: Job,
        in jobs: JobTransaction
    ) throws {
        var values: JobValues = [
            .request: .value(try stored.text), .uniq: .value(stored.uniqueKey),
            .priority: .value(stored.request.priority),
            .sortKey: .sql(
                "coalesce(:run_at, sort_key + priority * \(JobQueue.agingPerPriority))"
                    + " - :priority * \(JobQueue.agingPerPriority)"
            ),
            .runAt: .sql(
                "coalesce(:run_at, run_at)",
                change.runAt.map { max($0, jobs.now).milliseconds }
            ),
        ]
        if let directory = change.directory { values[.directory] = .value(directory) }
        if change.fileName != nil || change.directory != nil { values[.fileName] = .null }
        let state = state(of: job, after: change, now: jobs.now)
        if state == job.state {
            _ = try jobs.update(job.number, in: [state], set: values)
        } else {
            _ = try jobs.move(job.number, from: [job.state], to: state, set: values)
        }
        for tag in change.addedTags { try JobRecord.tag(job.number, tag, in: jobs.database) }
        for tag in change.removedTags {
            try jobs.database.execute(
                sql: "DELETE FROM tag WHERE tag = ? AND job = ?",
                arguments: [tag, job.number]
            )
        }
    }

    /// A job waits for its time only while that is still to come.
    private static func state(of job: Job, after change: JobChange, now: Date) -> JobState {
        guard let runAt = change.runAt?.milliseconds else { return job.state }
        let isLater = runAt > now.milliseconds
        return switch job.state {
        case .ready where isLater: .scheduled
        case .scheduled where !isLater: .ready
        default: job.state
        }
    }

    /// Gives a job that does not run the options of a newer request for the same thing; nil if it
    /// runs or has succeeded.
    ///
    /// What is on disk stays. Secret header fields are not stored, only their names are.
    package func amend(
        number: Int64,
        with request: JobRequest,
        now: Date = Date()
    ) async throws(Failure) -> Job? {
        try await database.write(.power) { database in
            guard let row = try JobRecord.row(number, in: database) else {
                throw JobRecord.notFound(String(number))
            }
            let job = try JobRecord.job(from: row)
            let stored = StoredRequest(request, directory: job.directory)
            let isChanged = try JobTransaction(database, at: now).update(
                number,
                in: [.scheduled, .ready, .paused, .retrying, .blocked, .failed, .cancelled],
                set: [
                    .request: .value(try StoredJSON.text(stored.request)),
                    .withheld: .value(try StoredJSON.text(stored.withheld)),
                    .priority: .value(stored.request.priority),
                    .sortKey: .sql("run_at - :priority * \(JobQueue.agingPerPriority)"),
                ]
            )
            guard isChanged else { return nil }
            if let pieces = request.pieces {
                try JobRecord.keep(pieces, of: number, in: database)
            } else {
                try database.execute(sql: "DELETE FROM piece WHERE job = ?", arguments: [number])
            }
            return try JobRecord.row(number, in: database).map(JobRecord.job)
        }
    }
}
