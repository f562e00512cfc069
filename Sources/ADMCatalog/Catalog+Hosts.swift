package import ADMModel
package import Foundation
import GRDB

/// What hosts let in, so that the next file does not have to find out again.
extension Catalog {
    /// How long an objection counts, in milliseconds: a day.
    private static let memory: Int64 = 86_400_000

    /// Notes how many connections for one file a host let in when it refused one more.
    package func note(
        _ connections: Int,
        of host: String,
        now: Date = Date()
    ) async throws(Failure) {
        try await share(.process) { database in
            let note = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO host (name, connections, noted_at) VALUES (?, ?, ?)"
            )
            try note.execute(arguments: [host, max(1, connections), now.milliseconds])
        }
    }

    /// How many connections for one file a host lets in; nil where it did not object since yesterday.
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
