package import ADMModel
package import Foundation
import GRDB

extension Catalog {
    /// Gives a job that does not run the options of a newer request for the same thing; nil where it
    /// runs or has succeeded.
    ///
    /// What is on disk stays. Secret header fields are not stored, only their names are.
    package func amend(
        number: Int64,
        with request: JobRequest,
        now: Date = Date()
    ) throws(Failure) -> Job? {
        try write(.power) { database in
            guard let row = try Catalog.row(number, in: database) else {
                throw Catalog.notFound(String(number))
            }
            let job = try JobRow.job(from: row)
            let stored = StoredRequest(request, directory: job.directory)
            try database.execute(
                sql: """
                    UPDATE job SET request = ?, withheld = ?, priority = ?,
                        sort_key = run_at - ? * ?, updated_at = ?
                    WHERE number = ? AND state NOT IN ('running', 'finalizing', 'succeeded')
                    """,
                arguments: [
                    try StoredJSON.text(stored.request), try StoredJSON.text(stored.withheld),
                    stored.request.priority, stored.request.priority, Catalog.agingPerPriority,
                    now.milliseconds, number,
                ]
            )
            guard database.changesCount == 1 else { return nil }
            if let pieces = request.pieces {
                try Catalog.keep(pieces, of: number, in: database)
            } else {
                try database.execute(sql: "DELETE FROM piece WHERE job = ?", arguments: [number])
            }
            return try Catalog.row(number, in: database).map(JobRow.job)
        }
    }
}
