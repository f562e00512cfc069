import ADMModel
import Foundation
import GRDB

/// The adding of jobs inside one transaction: statements that are prepared once, and the count of what
/// was added.
struct JobInserter {
    private let database: Database
    private let insertJob: Statement
    private let insertEvent: Statement
    private let hasAbandoned: Bool
    private var counts: [JobState: Int] = [:]

    init(_ database: Database) throws {
        self.database = database
        insertJob = try database.cachedStatement(sql: JobQuery.insert)
        insertEvent = try database.cachedStatement(sql: JobQuery.insertEvent)
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

    /// Adds a job with its event, unless one that is there already does for it.
    mutating func add(_ job: PreparedJob) throws -> AddOutcome {
        if let twin = try finishedTwin(of: job) { return .existing(twin) }
        let state = try JobQueue.beginning(job, in: database)
        let insert =
            try state == job.state
            ? insertJob : database.cachedStatement(sql: JobQuery.insertBlocked)
        try insert.execute(arguments: job.arguments)
        guard database.changesCount == 1 else {
            // An unfinished job fetches the same.
            guard let twin = try JobRecord.unfinished(job.stored.uniqueKey, in: database) else {
                throw DatabaseError(resultCode: .SQLITE_CONSTRAINT)
            }
            return .existing(twin)
        }
        let number = database.lastInsertedRowID
        counts[state, default: 0] += 1
        if let pieces = job.draft.request.pieces {
            try JobRecord.keep(pieces, of: number, in: database)
        }
        for tag in job.tags { try JobRecord.tag(number, tag, in: database) }
        try insertEvent.execute(arguments: [
            number, job.id.description, "download.queued", job.created, job.payload,
        ])
        let sequence = database.lastInsertedRowID
        return .added(AddedJob(job, number: number, state: state, sequence: sequence))
    }

    /// The job that has ended and does for a request: one with bytes to continue with or, if the
    /// request is to be unique, one that has succeeded.
    private func finishedTwin(of job: PreparedJob) throws -> Job? {
        let isUnique = job.draft.isUnique
        let key = job.stored.uniqueKey
        guard isUnique || hasAbandoned else { return nil }
        if try JobRecord.unfinished(key, in: database) != nil { return nil }
        if isUnique, let job = try readable(JobQuery.succeededTwin, key) { return job }
        return hasAbandoned ? try readable(JobQuery.abandonedTwin, key) : nil
    }

    /// A job that has ended and cannot be read does for nothing.
    private func readable(_ query: String, _ key: String) throws -> Job? {
        do { return try JobRecord.first(query, key, in: database) } catch is UnreadableRow {
            return nil
        }
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
