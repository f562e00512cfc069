import ADMModel
import Foundation
import GRDB

/// The adding of jobs inside one transaction: statements that are prepared once, and the count of what
/// was added.
struct Inserting {
    private let database: Database
    private let now: Date
    private let statement: Statement
    private let hasAbandoned: Bool
    private var counts: [JobState: Int] = [:]

    init(_ database: Database, at now: Date) throws {
        self.database = database
        self.now = now
        statement = try database.cachedStatement(sql: JobQuery.insert)
        // Most of the time there are none, and nothing has to be looked for in them.
        hasAbandoned =
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job INDEXED BY job_again
                        WHERE state IN ('failed', 'cancelled') AND bytes_done > 0)
                    """
            ) ?? true
    }

    /// The finished job that does for a request.
    func succeededOrAbandonedTwin(
        of stored: StoredRequest,
        _ queued: QueuedRequest
    ) throws -> Job? {
        guard queued.isUnique || hasAbandoned else { return nil }
        if try Catalog.first(JobQuery.unfinishedTwin, stored.uniqueKey, in: database) != nil {
            return nil
        }
        if queued.isUnique,
            let job = try Catalog.first(JobQuery.succeededTwin, stored.uniqueKey, in: database)
        {
            return job
        }
        return hasAbandoned
            ? try Catalog.first(JobQuery.abandonedTwin, stored.uniqueKey, in: database) : nil
    }

    /// Adds a job with its event; nil where an unfinished one fetches the same.
    mutating func insert(
        _ stored: StoredRequest,
        _ entry: QueueEntry
    ) throws -> (Job, JobEvent)? {
        let id = JobID(now: now)
        let time = now.milliseconds
        let runAt = max(time, entry.queued.runAt?.milliseconds ?? time)
        let state = try Catalog.beginning(entry.queued, isLater: runAt > time, in: database)
        let priority = Int64(stored.request.priority)
        try statement.execute(arguments: [
            id.description, state.rawValue, runAt - priority * Catalog.agingPerPriority, runAt,
            priority, time, time, stored.request.url.origin.host, stored.request.url.string,
            entry.directory, stored.uniqueKey, try stored.withheldText, try stored.text,
            entry.attendant, entry.queued.after,
        ])
        guard database.changesCount == 1 else { return nil }
        let number = database.lastInsertedRowID
        counts[state, default: 0] += 1
        let tags = entry.queued.tags.isEmpty ? [] : Set(entry.queued.tags).sorted()
        for tag in tags { try Catalog.tag(number, tag, in: database) }
        let job = Job(
            id: id,
            number: number,
            request: stored.request,
            withheldHeaders: stored.withheld,
            state: state,
            directory: entry.directory,
            createdAt: now.inMilliseconds,
            runAt: Date(milliseconds: runAt),
            after: entry.queued.after,
            tags: tags
        )
        let kind = JobEvent.Kind.queued(priority: stored.request.priority)
        return (job, try StoredEvent.append(kind, of: job, at: now, to: database))
    }

    /// Adds what was added to the counters.
    func count() throws {
        for (state, count) in counts {
            try database.execute(
                sql: "UPDATE counter SET n = n + ? WHERE state = ?",
                arguments: [count, state.rawValue]
            )
        }
    }
}
