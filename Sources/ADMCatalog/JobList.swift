package import ADMModel
import Foundation
import GRDB

/// Jobs as people look at them; nothing is changed.
package struct JobList: Sendable {
    let database: WorkspaceDatabase

    /// The job with this number, nil if there is none.
    package func job(number: Int64) async throws(Failure) -> Job? {
        try await database.read { database in
            try JobRecord.row(number, in: database).map(JobRecord.job)
        }
    }

    /// The job with this identifier, nil if there is none.
    package func job(id: JobID) async throws(Failure) -> Job? {
        try await database.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM job WHERE id = ?",
                arguments: [id.description]
            )
            .map(JobRecord.job)
        }
    }

    /// The job that a person means: by its number, its identifier, or at least the first four
    /// characters of its identifier if no other job begins so.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`, or `usage` if several jobs begin so.
    package func find(_ text: String) async throws(Failure) -> Job {
        // Identifiers begin with 0 for the next thousand years, numbers never do.
        if !text.hasPrefix("0"), let number = Int64(text) {
            if let job = try await job(number: number) { return job }
        } else if (4...26).contains(text.utf8.count), text.allSatisfy(\.isASCII) {
            let matches = try await jobs(identifierPrefix: text.uppercased())
            guard matches.count < 2 else {
                throw Failure(
                    .usage,
                    "the identifiers of several jobs begin with \(text)",
                    hint: "give more of it, or the job's number"
                )
            }
            if let job = matches.first { return job }
        }
        throw JobRecord.notFound(text)
    }

    /// The job that a person means, if it cannot be read; nil if it can, or if there is none.
    package func unreadable(_ text: String) async throws(Failure) -> UnreadableJob? {
        try await database.read { database in
            let rows: [Row]
            if !text.hasPrefix("0"), let number = Int64(text) {
                rows = try JobRecord.row(number, in: database).map { [$0] } ?? []
            } else {
                rows = try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM job WHERE id = ?",
                    arguments: [text.uppercased()]
                )
            }
            return try JobListing(rows).unreadable.first
        }
    }

    private func jobs(identifierPrefix prefix: String) async throws(Failure) -> [Job] {
        try await database.read { database in
            // "[" follows the last letter of an identifier.
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM job WHERE id >= ? AND id < ? LIMIT 2",
                arguments: [prefix, prefix + "["]
            )
            .map(JobRecord.job)
        }
    }

    /// How many jobs are in each state; every state is there.
    package func counts() async throws(Failure) -> [JobState: Int] {
        try await database.read { database in
            var counts: [JobState: Int] = [:]
            for state in JobState.allCases { counts[state] = 0 }
            // Who only reads cannot mend counters that cannot be right, and counts by itself.
            let isNonsense = try JobCounters.areNonsense(database)
            let rows = try Row.fetchAll(
                database,
                sql: isNonsense
                    ? "SELECT state, count(*) AS n FROM job GROUP BY state"
                    : "SELECT state, n FROM counter"
            )
            for row in rows {
                if let state = JobState(rawValue: try row.decode(forColumn: "state")) {
                    counts[state] = try row.decode("n", in: StoredNumbers.count)
                }
            }
            return counts
        }
    }

    /// How many jobs come before this one in the queue, and how many wait in all.
    package func position(of job: Job) async throws(Failure) -> (before: Int, all: Int) {
        try await database.read { database in
            let key = try Int64.fetchOne(
                database,
                sql: "SELECT sort_key FROM job WHERE number = ?",
                arguments: [job.number]
            )
            let before = try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM job INDEXED BY job_pull
                    WHERE \(JobQuery.free)
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
    ) async throws(Failure) -> (foregroundOwner: String?, owner: String?) {
        try await database.read { database in
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

    /// The bytes of a job that were safely on disk at its last checkpoint; none if it is done.
    package func segments(number: Int64) async throws(Failure) -> SegmentMap {
        try await database.read { database in try JobList.segments(number, in: database) }
    }

    private static func segments(_ number: Int64, in database: Database) throws -> SegmentMap {
        try UnreadableRow.reading(number) {
            let whole = try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT target_size FROM job WHERE number = ?"),
                arguments: [number]
            )
            return try JobRecord.segments(of: number, whole: whole, in: database)
        }
    }

    /// The last twenty failures of a job, oldest first.
    package func failures(number: Int64) async throws(Failure) -> [FailedAttempt] {
        try await database.read { database in try JobList.failures(number, in: database) }
    }

    private static func failures(
        _ number: Int64,
        in database: Database
    ) throws -> [FailedAttempt] {
        let rows = try Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM job_error WHERE job = ? ORDER BY ordinal"),
            arguments: [number]
        )
        return try UnreadableRow.reading(number) {
            try rows.map { row in
                FailedAttempt(
                    attempt: try row.decode("attempt", in: StoredNumbers.count),
                    occurredAt: try row.moment("at"),
                    failure: try StoredJSON.value(row.decode(forColumn: "failure"))
                )
            }
        }
    }

    /// A job with its words, its bytes on disk and its failures, all of one moment; nil if there is none.
    package func detail(
        number: Int64
    ) async throws(Failure) -> (job: Job, segments: SegmentMap, failures: [FailedAttempt])? {
        try await database.read { database in
            guard var job = try JobRecord.row(number, in: database).map(JobRecord.job) else {
                return nil
            }
            job.tags = try JobList.tags(of: number, in: database)
            return (
                job, try JobList.segments(number, in: database),
                try JobList.failures(number, in: database)
            )
        }
    }

    private static func tags(of number: Int64, in database: Database) throws -> [String] {
        let select = try database.cachedStatement(
            sql: "SELECT tag FROM tag INDEXED BY tag_of_job WHERE job = ? ORDER BY tag"
        )
        return try String.fetchAll(select, arguments: [number])
    }

    /// The words that each of some jobs is marked with, put into them.
    package func tagged(_ jobs: [Job]) async throws(Failure) -> [Job] {
        guard !jobs.isEmpty else { return [] }
        return try await database.read { database in
            // Most workspaces have no tags at all.
            let hasTags = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM tag)")
            guard hasTags == true else { return jobs }
            return try jobs.map { job in
                var job = job
                job.tags = try JobList.tags(of: job.number, in: database)
                return job
            }
        }
    }
}
