package import ADMModel
package import Foundation
import GRDB

/// What becomes of waits that were planned by a clock which was wrong.
extension Catalog {
    /// How long another attempt may be waited for, in milliseconds.
    static let longestRetryWait = Int64(RetryPolicy.longestWait * 1000)

    /// Gives retries that were planned while the clock stood ahead the same wait again, from now on.
    ///
    /// Such a row was written at a time that is still to come, or waits longer than anybody may. It reads
    /// all jobs that wait for a time: call it where the clock may have been put back.
    ///
    /// - Returns: How many there were. Nothing is written where there are none.
    @discardableResult
    package func mendRetries(now: Date = Date()) throws(Failure) -> Int {
        let present = now.milliseconds
        let early = try read { database in
            let select = try database.cachedStatement(sql: JobQuery.plannedAhead)
            return try Row.fetchAll(select, arguments: ["now": present]).map {
                (row) -> (number: Int64, due: Int64, plannedAt: Int64) in
                (
                    try row.decode(forColumn: "number"), try row.decode(forColumn: "run_at"),
                    try row.decode(forColumn: "updated_at")
                )
            }
        }
        guard !early.isEmpty else { return 0 }
        return try write(.process) { database in
            let update = try database.cachedStatement(
                sql: """
                    UPDATE job SET run_at = :due, sort_key = :due - priority * :aging, updated_at = :now
                    WHERE number = :number AND state = 'retrying' AND run_at > :due
                    """
            )
            var count = 0
            for retry in early {
                let wait = retry.due.subtracting(saturating: retry.plannedAt)
                let known = (0...Catalog.longestRetryWait).contains(wait) ? wait : 0
                _ = try Catalog.isolating(retry.number, at: now, in: database) {
                    try update.execute(arguments: [
                        "due": present.adding(saturating: known), "now": present,
                        "aging": Catalog.agingPerPriority, "number": retry.number,
                    ])
                    count += database.changesCount
                }
            }
            return count
        }
    }
}
