package import ADMModel
import GRDB

extension Catalog {
    /// Marks a job with a word.
    static func tag(_ number: Int64, _ tag: String, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO tag (tag, job) VALUES (?, ?)")
            .execute(arguments: [tag, number])
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
