package import ADMModel
package import Foundation
import GRDB

/// What of a waiting job changes.
package struct JobChange: Sendable {
    /// Its priority.
    package var priority: Int?
    /// When it may begin.
    package var runAt: Date?
    /// Settings of its own that replace those it had.
    package var settings = JobSettings()
    /// Where it is saved; only as long as it has no bytes.
    package var directory: String?
    /// The name it is saved under; only as long as it has no bytes.
    package var fileName: String?
    /// Words to mark it with.
    package var addedTags: [String] = []
    /// Words to take from it.
    package var removedTags: [String] = []

    /// Changes nothing.
    package init() {}

    /// Whether it may be made while the job runs: nothing but its speed limit changes.
    var isForRunning: Bool {
        var rest = settings
        rest.limitRate = nil
        return settings.limitRate != nil && rest.isEmpty && priority == nil && runAt == nil
            && directory == nil && fileName == nil && addedTags.isEmpty && removedTags.isEmpty
    }
}

/// Where in the queue a job goes.
package enum QueueEnd: Sendable, Hashable {
    /// Before all others.
    case first
    /// Behind all others.
    case last
}

extension Catalog {
    /// Changes a job that does not run, or the speed limit of one that does; nil where it has succeeded,
    /// or runs and something else is to change.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; `exists` where a new place is wanted and it has
    ///   bytes already, or another job fetches the same to there.
    package func change(
        number: Int64,
        _ change: JobChange,
        now: Date = Date()
    ) throws(Failure) -> Job? {
        try write(.power) { database in
            guard let row = try Catalog.row(number, in: database) else {
                throw Catalog.notFound(String(number))
            }
            let job = try JobRow.job(from: row)
            if let priority = change.priority { try Priority.check(priority) }
            if job.state == .running, change.isForRunning {
                return try Catalog.limit(job, change, at: now, in: database)
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
            if let twin = try Catalog.unfinished(stored.uniqueKey, in: database),
                twin.number != number
            {
                throw Failure(.exists, "job \(twin.number) fetches the same file to there already")
            }
            try Catalog.store(stored, change, for: job, at: now, in: database)
            return try Catalog.row(number, in: database).map(JobRow.job)
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
        return try row(job.number, in: database).map(JobRow.job)
    }

    /// The speed limits of their own that the jobs of a process have, by number.
    package func ownRates(for owner: String) throws(Failure) -> [Int64: Rate] {
        try read { database in
            let select = try database.cachedStatement(
                sql: """
                    SELECT * FROM job INDEXED BY job_owned
                    WHERE owner = ? AND request LIKE '%"limit-rate"%'
                    """
            )
            var rates: [Int64: Rate] = [:]
            for job in try JobListing(Row.fetchAll(select, arguments: [owner])).jobs {
                rates[job.number] = job.request.settings.limitRate
            }
            return rates
        }
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
                "aging": Catalog.agingPerPriority, "now": now.milliseconds, "number": job.number,
            ]
        )
        for tag in change.addedTags { try Catalog.tag(job.number, tag, in: database) }
        for tag in change.removedTags {
            try database.execute(
                sql: "DELETE FROM tag WHERE tag = ? AND job = ?",
                arguments: [tag, job.number]
            )
        }
    }

    /// Puts a job before or behind all that wait; false where it does not wait.
    ///
    /// Its priority stays what it was: it counts again when the job is tried anew.
    package func move(number: Int64, to end: QueueEnd) throws(Failure) -> Bool {
        try write(.power) { database in
            let order = end == .first ? "ASC" : "DESC"
            let edge = try Int64.fetchOne(
                database,
                sql: """
                    SELECT sort_key FROM job INDEXED BY job_pull
                    WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]'
                    ORDER BY sort_key \(order) LIMIT 1
                    """
            )
            guard let row = try Catalog.row(number, in: database) else {
                throw Catalog.notFound(String(number))
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

    /// How many jobs come before this one in the queue, and how many wait in all.
    package func position(of job: Job) throws(Failure) -> (before: Int, all: Int) {
        try read { database in
            let key = try Int64.fetchOne(
                database,
                sql: "SELECT sort_key FROM job WHERE number = ?",
                arguments: [job.number]
            )
            let before = try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM job INDEXED BY job_pull
                    WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]'
                        AND (sort_key, number) < (?, ?)
                    """,
                arguments: [key, job.number]
            )
            let all = try Int.fetchOne(database, sql: "SELECT n FROM counter WHERE state = 'ready'")
            return (before ?? 0, all ?? 0)
        }
    }

    /// The process that waits for a job in the foreground, and the one that executes it.
    package func processes(
        of number: Int64
    ) throws(Failure) -> (attendant: String?, owner: String?) {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT attendant, owner FROM job WHERE number = ?",
                arguments: [number]
            )
            guard let row else { return (nil, nil) }
            return (
                try row.decode(forColumn: "attendant"), try row.decode(forColumn: "owner")
            )
        }
    }
}
