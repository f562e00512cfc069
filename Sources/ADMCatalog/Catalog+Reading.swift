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

    /// How many jobs are in each state; every state is there.
    package func counts() throws(Failure) -> [JobState: Int] {
        try read { database in
            var counts: [JobState: Int] = [:]
            for state in JobState.allCases { counts[state] = 0 }
            // Who only reads cannot mend counters that cannot be right, and counts by itself.
            let isNonsense = try Catalog.countersAreNonsense(database)
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

    /// The job that a person means, where it cannot be read; nil where it can, or where there is none.
    package func unreadable(_ text: String) throws(Failure) -> UnreadableJob? {
        try read { database in
            let rows: [Row]
            if !text.hasPrefix("0"), let number = Int64(text) {
                rows = try Catalog.row(number, in: database).map { [$0] } ?? []
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
