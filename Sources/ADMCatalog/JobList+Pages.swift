package import ADMModel
import GRDB

/// Jobs in the orders in which people look at them.
///
/// A row that cannot be read is named beside the others and hides none of them.
extension JobList {
    /// Jobs in any of these states, newest first, at most `limit` of them.
    ///
    /// `after` is the number of the last job of the page before; nil for the first page.
    package func page(
        states: Set<JobState> = Set(JobState.allCases),
        after number: Int64? = nil,
        limit: Int
    ) async throws(Failure) -> JobListing {
        let last = number?.subtracting(saturating: 1) ?? Int64.max
        return try await database.read { database in
            guard states.count < JobState.allCases.count else {
                return try JobListing(
                    Row.fetchAll(database, sql: JobQuery.page, arguments: [last, limit])
                )
            }
            // One index range a state, merged here: a single query over several states would
            // have to sort all of their jobs.
            var numbers: [Int64] = []
            for state in states {
                numbers += try Int64.fetchAll(
                    database,
                    sql: JobQuery.pageOfState,
                    arguments: [state.rawValue, last, limit]
                )
            }
            return try JobListing(
                numbers.sorted(by: >).prefix(limit).compactMap {
                    try JobRecord.row($0, in: database)
                }
            )
        }
    }

    /// Those of ``page(states:after:limit:)`` that can be read.
    package func jobs(
        states: Set<JobState> = Set(JobState.allCases),
        after number: Int64? = nil,
        limit: Int
    ) async throws(Failure) -> [Job] {
        try await page(states: states, after: number, limit: limit).jobs
    }

    /// Finished jobs, the latest first, at most `limit` of them.
    ///
    /// `before` is the last job of the page before; nil for the first page.
    package func finishedPage(
        limit: Int,
        before job: Job? = nil,
        states: Set<JobState> = [.succeeded, .failed, .cancelled]
    ) async throws(Failure) -> JobListing {
        let time = job?.finishedAt?.milliseconds ?? Int64.max
        let number = job?.number ?? Int64.max
        return try await database.read { database in
            var rows: [Row] = []
            for state in states where state.isFinal {
                rows += try Row.fetchAll(
                    database,
                    sql: JobQuery.pageOfHistory,
                    arguments: [state.rawValue, time, number, limit]
                )
            }
            let order = try rows.map { row in
                (
                    time: try row.decode(Int64.self, forColumn: "finished_at"),
                    number: try row.decode(Int64.self, forColumn: "number")
                )
            }
            .sorted { $0 > $1 }
            return try JobListing(
                order.prefix(limit).compactMap { try JobRecord.row($0.number, in: database) }
            )
        }
    }

    /// Those of ``finishedPage(limit:before:states:)`` that can be read.
    package func history(
        limit: Int,
        before job: Job? = nil,
        states: Set<JobState> = [.succeeded, .failed, .cancelled]
    ) async throws(Failure) -> [Job] {
        try await finishedPage(limit: limit, before: job, states: states).jobs
    }

    /// The jobs that run, and then those that are ready, in the order in which they will be run.
    package func upcomingPage(limit: Int) async throws(Failure) -> JobListing {
        try await database.read { database in
            let running = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM job INDEXED BY job_owned WHERE owner IS NOT NULL
                    ORDER BY started_at LIMIT ?
                    """,
                arguments: [limit]
            )
            let ready = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM job INDEXED BY job_pull
                    WHERE \(JobQuery.free)
                    ORDER BY sort_key, number LIMIT ?
                    """,
                arguments: [max(0, limit - running.count)]
            )
            return try JobListing(running + ready)
        }
    }

    /// Those of ``upcomingPage(limit:)`` that can be read.
    package func upcoming(limit: Int) async throws(Failure) -> [Job] {
        try await upcomingPage(limit: limit).jobs
    }

    /// Jobs that are marked with a word, newest first, at most `limit` of those in some states.
    ///
    /// `after` is the number of the last job of the page before; nil for the first page.
    package func taggedPage(
        _ tag: String,
        states: Set<JobState>,
        after number: Int64? = nil,
        limit: Int
    ) async throws(Failure) -> JobListing {
        try await database.read { database in
            let select = try database.cachedStatement(
                sql: "SELECT job FROM tag WHERE tag = ? AND job <= ? ORDER BY job DESC"
            )
            let numbers = try Int64.fetchCursor(
                select,
                arguments: [tag, number?.subtracting(saturating: 1) ?? Int64.max]
            )
            var listing = JobListing()
            var options = StoredOptions()
            while listing.jobs.count < limit, let number = try numbers.next() {
                guard let row = try JobRecord.row(number, in: database) else { continue }
                try listing.add(row, &options)
                if let job = listing.jobs.last, job.number == number, !states.contains(job.state) {
                    listing.jobs.removeLast()
                }
            }
            return listing
        }
    }

    /// Those of ``taggedPage(_:states:after:limit:)`` that can be read.
    package func jobs(
        tag: String,
        states: Set<JobState>,
        after number: Int64? = nil,
        limit: Int
    ) async throws(Failure) -> [Job] {
        try await taggedPage(tag, states: states, after: number, limit: limit).jobs
    }
}
