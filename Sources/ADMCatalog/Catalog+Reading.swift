package import ADMModel
import GRDB

extension Catalog {
    /// The job with this number, nil where there is none.
    package func job(number: Int64) throws(Failure) -> Job? {
        try read { database in try Catalog.row(number, in: database).map(JobRow.job) }
    }

    /// The job with this identifier, nil where there is none.
    package func job(id: JobID) throws(Failure) -> Job? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM job WHERE id = ?",
                arguments: [id.description]
            )
            .map(JobRow.job)
        }
    }

    /// The job that a person means: by its number, its identifier, or at least the first four
    /// characters of its identifier where no other job begins so.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`, or `usage` where several jobs begin so.
    package func find(_ text: String) throws(Failure) -> Job {
        // Identifiers begin with 0 for the next thousand years, numbers never do.
        if !text.hasPrefix("0"), let number = Int64(text) {
            if let job = try job(number: number) { return job }
        } else if (4...26).contains(text.utf8.count), text.allSatisfy(\.isASCII) {
            let matches = try jobs(identifierPrefix: text.uppercased())
            guard matches.count < 2 else {
                throw Failure(
                    .usage,
                    "the identifiers of several jobs begin with \(text)",
                    hint: "give more of it, or the job's number"
                )
            }
            if let job = matches.first { return job }
        }
        throw Catalog.notFound(text)
    }

    /// Jobs in any of these states, newest first, at most `limit` of them.
    ///
    /// `after` is the number of the last job of the page before; nil for the first page.
    package func jobs(
        states: Set<JobState> = Set(JobState.allCases),
        after number: Int64? = nil,
        limit: Int
    ) throws(Failure) -> [Job] {
        let below = number ?? Int64.max
        return try read { database in
            guard states.count < JobState.allCases.count else {
                return try Row.fetchAll(
                    database,
                    sql: JobQuery.page,
                    arguments: [below, limit]
                )
                .map(JobRow.job)
            }
            // One index range a state, merged here: a single query over several states would
            // have to sort all of their jobs.
            var numbers: [Int64] = []
            for state in states {
                numbers += try Int64.fetchAll(
                    database,
                    sql: JobQuery.pageOfState,
                    arguments: [state.rawValue, below, limit]
                )
            }
            return try numbers.sorted(by: >).prefix(limit).compactMap { number in
                try Catalog.row(number, in: database).map(JobRow.job)
            }
        }
    }

    /// Finished jobs, the latest first, at most `limit` of them.
    ///
    /// `before` is the last job of the page before; nil for the first page.
    package func history(
        limit: Int,
        before job: Job? = nil,
        states: Set<JobState> = [.succeeded, .failed, .cancelled]
    ) throws(Failure) -> [Job] {
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
            return try rows.map { row in
                (
                    time: try row.decode(Int64.self, forColumn: "finished_at"),
                    number: try row.decode(Int64.self, forColumn: "number")
                )
            }
            .sorted { $0 > $1 }
            .prefix(limit)
            .compactMap { entry in try Catalog.row(entry.number, in: database).map(JobRow.job) }
        }
    }

    /// How many jobs are in each state; every state is there.
    package func counts() throws(Failure) -> [JobState: Int] {
        try read { database in
            var counts: [JobState: Int] = [:]
            for state in JobState.allCases { counts[state] = 0 }
            for row in try Row.fetchAll(database, sql: "SELECT state, n FROM counter") {
                if let state = JobState(rawValue: try row.decode(forColumn: "state")) {
                    counts[state] = try row.decode(forColumn: "n")
                }
            }
            return counts
        }
    }

    static func row(_ number: Int64, in database: Database) throws -> Row? {
        try Row.fetchOne(
            try database.cachedStatement(sql: "SELECT * FROM job WHERE number = ?"),
            arguments: [number]
        )
    }

    static func notFound(_ text: String) -> Failure {
        Failure(
            .jobNotFound,
            "there is no job \(text.prefix(60)) in this workspace",
            hint: "adm list shows the jobs, adm history the finished ones"
        )
    }

    private func jobs(identifierPrefix prefix: String) throws(Failure) -> [Job] {
        try read { database in
            // "[" follows the last letter of an identifier.
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM job WHERE id >= ? AND id < ? LIMIT 2",
                arguments: [prefix, prefix + "["]
            )
            .map(JobRow.job)
        }
    }
}
