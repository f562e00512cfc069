package import ADMModel
import GRDB

/// Jobs in the orders in which people look at them.
///
/// A row that cannot be read is named beside the others and hides none of them.
extension Catalog {
    /// Jobs in any of these states, newest first, at most `limit` of them.
    ///
    /// `after` is the number of the last job of the page before; nil for the first page.
    package func list(
        states: Set<JobState> = Set(JobState.allCases),
        after number: Int64? = nil,
        limit: Int
    ) throws(Failure) -> JobListing {
        let last = number?.subtracting(saturating: 1) ?? Int64.max
        return try read { database in
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
                numbers.sorted(by: >).prefix(limit).compactMap { try Catalog.row($0, in: database) }
            )
        }
    }

    /// Those of ``list(states:after:limit:)`` that can be read.
    package func jobs(
        states: Set<JobState> = Set(JobState.allCases),
        after number: Int64? = nil,
        limit: Int
    ) throws(Failure) -> [Job] {
        try list(states: states, after: number, limit: limit).jobs
    }

    /// Finished jobs, the latest first, at most `limit` of them.
    ///
    /// `before` is the last job of the page before; nil for the first page.
    package func listFinished(
        limit: Int,
        before job: Job? = nil,
        states: Set<JobState> = [.succeeded, .failed, .cancelled]
    ) throws(Failure) -> JobListing {
        let time = job?.finishedAt?.milliseconds ?? Int64.max
        let number = job?.number ?? Int64.max
        return try read { database in
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
                order.prefix(limit).compactMap { try Catalog.row($0.number, in: database) }
            )
        }
    }

    /// Those of ``listFinished(limit:before:states:)`` that can be read.
    package func history(
        limit: Int,
        before job: Job? = nil,
        states: Set<JobState> = [.succeeded, .failed, .cancelled]
    ) throws(Failure) -> [Job] {
        try listFinished(limit: limit, before: job, states: states).jobs
    }

    /// The jobs that run, and then those that are ready, in the order in which they will be run.
    package func listUpcoming(limit: Int) throws(Failure) -> JobListing {
        try read { database in
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
                    WHERE state = 'ready' AND attendant IS NULL AND withheld = '[]'
                    ORDER BY sort_key, number LIMIT ?
                    """,
                arguments: [max(0, limit - running.count)]
            )
            return try JobListing(running + ready)
        }
    }

    /// Those of ``listUpcoming(limit:)`` that can be read.
    package func upcoming(limit: Int) throws(Failure) -> [Job] {
        try listUpcoming(limit: limit).jobs
    }
}
