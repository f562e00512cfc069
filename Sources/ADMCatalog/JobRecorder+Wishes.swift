package import ADMModel
package import Foundation
import GRDB

/// What others want of running jobs, and what hosts let in.
extension JobRecorder {
    /// What others want of the jobs that a process executes, by number.
    package func intents(for owner: String) async throws(Failure) -> [Int64: JobIntent] {
        try await database.read { database in
            let select = try database.cachedStatement(
                sql: """
                    SELECT number, intent FROM job INDEXED BY job_owned
                    WHERE owner = ? AND intent IS NOT NULL
                    """
            )
            var intents: [Int64: JobIntent] = [:]
            for row in try Row.fetchAll(select, arguments: [owner]) {
                let number: Int64 = try row.decode(forColumn: "number")
                intents[number] = JobIntent(rawValue: try row.decode(forColumn: "intent"))
            }
            return intents
        }
    }

    /// The speed limits of their own that the jobs of a process have, by number.
    package func ownRates(for owner: String) async throws(Failure) -> [Int64: Rate] {
        try await database.read { database in
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

    /// How long an objection counts, in milliseconds: a day.
    private static let memory: Int64 = 86_400_000

    /// Notes how many connections for one file a host let in when it refused one more.
    package func note(
        _ connections: Int,
        of host: String,
        now: Date = Date()
    ) async throws(Failure) {
        try await database.commitInGroup(.process) { database in
            let note = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO host (name, connections, noted_at) VALUES (?, ?, ?)"
            )
            try note.execute(arguments: [host, max(1, connections), now.milliseconds])
        }
    }

    /// How many connections for one file a host lets in; nil if it did not object since yesterday.
    static func allowedConnections(
        of host: String,
        at now: Date,
        in database: Database
    ) throws -> Int? {
        try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT connections FROM host WHERE name = ? AND noted_at > ?"
            ),
            arguments: [host, now.milliseconds - memory]
        )
    }
}
