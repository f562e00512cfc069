package import ADMModel
import GRDB

extension Catalog {
    /// Marks a job with a word.
    static func tag(_ number: Int64, _ tag: String, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO tag (tag, job) VALUES (?, ?)")
            .execute(arguments: [tag, number])
    }

    /// Jobs that are marked with a word, newest first, at most `limit` of those in some states.
    ///
    /// `after` is the number of the last job of the page before; nil for the first page.
    package func listTagged(
        _ tag: String,
        states: Set<JobState>,
        after number: Int64? = nil,
        limit: Int
    ) throws(Failure) -> JobListing {
        try read { database in
            let select = try database.cachedStatement(
                sql: "SELECT job FROM tag WHERE tag = ? AND job <= ? ORDER BY job DESC"
            )
            let numbers = try Int64.fetchCursor(
                select,
                arguments: [tag, number?.subtracting(saturating: 1) ?? Int64.max]
            )
            var listing = JobListing()
            while listing.jobs.count < limit, let number = try numbers.next() {
                guard let row = try Catalog.row(number, in: database) else { continue }
                try listing.add(row)
                if let job = listing.jobs.last, job.number == number, !states.contains(job.state) {
                    listing.jobs.removeLast()
                }
            }
            return listing
        }
    }

    /// Those of ``listTagged(_:states:after:limit:)`` that can be read.
    package func jobs(
        tag: String,
        states: Set<JobState>,
        after number: Int64? = nil,
        limit: Int
    ) throws(Failure) -> [Job] {
        try listTagged(tag, states: states, after: number, limit: limit).jobs
    }

    /// The words that each of some jobs is marked with, put into them.
    package func tagged(_ jobs: [Job]) throws(Failure) -> [Job] {
        guard !jobs.isEmpty else { return [] }
        return try read { database in
            // Most workspaces have no tags at all.
            let hasTags = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM tag)")
            guard hasTags == true else { return jobs }
            let select = try database.cachedStatement(
                sql: "SELECT tag FROM tag INDEXED BY tag_of_job WHERE job = ? ORDER BY tag"
            )
            return try jobs.map { job in
                var job = job
                job.tags = try String.fetchAll(select, arguments: [job.number])
                return job
            }
        }
    }
}
