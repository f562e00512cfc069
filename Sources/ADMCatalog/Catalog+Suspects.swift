package import ADMModel
package import Foundation
import GRDB

/// A ready job during which processes died twice without any progress of it.
///
/// It may be innocent: everything that a process runs dies with it. So it runs alone, and only who dies
/// alone is given up.
package struct Suspect: Sendable, Hashable {
    /// Its number.
    package var number: Int64
    /// Where it fetches from.
    package var host: String
    /// The same with scheme and port, as it is written in URLs.
    package var origin: String
    /// Its place in the queue.
    package var sortKey: Int64
    /// Whether this process waits for it in the foreground.
    package var isAttended: Bool
}

extension Catalog {
    /// The suspects that a process may run, the most urgent first, at most `limit`.
    package func suspects(for owner: String, limit: Int = 16) throws(Failure) -> [Suspect] {
        try read { database in
            let select = try database.cachedStatement(sql: JobQuery.suspects)
            return try Row.fetchAll(select, arguments: ["owner": owner, "limit": limit]).map {
                row in
                let entry = try Catalog.entry(row)
                return Suspect(
                    number: entry.number,
                    host: entry.host,
                    origin: entry.origin,
                    sortKey: try row.decode(forColumn: "sort_key"),
                    isAttended: try row.decode(String?.self, forColumn: "attendant") != nil
                )
            }
        }
    }

    /// Takes a suspect for a process that runs nothing else: where that dies now, it is to blame.
    package func claimAlone(
        number: Int64,
        owner: String,
        now: Date = Date()
    ) async throws(Failure) -> ClaimedJobs {
        try await share(.process) { database in
            var taken = ClaimedJobs()
            try Catalog.take(
                number,
                by: owner,
                isAlone: true,
                at: now,
                in: database,
                into: &taken
            )
            return taken
        }
    }

    /// Whether a job is a suspect no more: it has gained bytes since.
    package func isCleared(number: Int64) throws(Failure) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database.cachedStatement(sql: "SELECT recoveries < ? FROM job WHERE number = ?"),
                arguments: [Recovery.suspicion, number]
            ) ?? true
        }
    }
}
