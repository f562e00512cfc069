package import ADMModel
package import Foundation
import GRDB

/// What statistics need of a finished job.
package struct FinishedJob: Sendable, Hashable {
    /// How it ended.
    package var state: JobState
    /// Where it fetched from.
    package var host: String
    /// When it ended.
    package var finishedAt: Date
    /// The bytes that it has.
    package var bytes: Int64
    /// How long it was ready before its first attempt, in seconds; nil where it never began.
    package var queueSeconds: Double?
    /// How long it was fetched, in seconds.
    package var transferSeconds: Double
}

extension Catalog {
    /// Hands over what finished from a time on, one after the other, so that a million of them need
    /// no memory here; then every repeated attempt with its host and time.
    package func finished(
        since: Date,
        _ job: @Sendable (FinishedJob) -> Void,
        retry: @Sendable (_ host: String, Date) -> Void
    ) throws(Failure) {
        try read { database in
            for state in [JobState.succeeded, .failed, .cancelled] {
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT host, finished_at, bytes_done, waited, transfer_seconds FROM job
                        WHERE finished_at IS NOT NULL AND state = ? AND finished_at >= ?
                        """,
                    arguments: [state.rawValue, since.milliseconds]
                )
                while let row = try rows.next() {
                    // What cannot be read counts nowhere; adm list and adm history name it.
                    if let finished = try? Catalog.finished(row, state) { job(finished) }
                }
            }
            let retries = try Row.fetchCursor(
                database,
                sql: """
                    SELECT event.at, job.host FROM event JOIN job ON job.number = event.number
                    WHERE event.type = 'download.retrying' AND event.at >= ?
                    """,
                arguments: [since.milliseconds]
            )
            while let row = try retries.next() {
                guard let time = try? row.moment("at") else { continue }
                retry(try row.decode(forColumn: "host"), time)
            }
        }
    }

    private static func finished(_ row: Row, _ state: JobState) throws -> FinishedJob {
        FinishedJob(
            state: state,
            host: try row.decode(forColumn: "host"),
            finishedAt: try row.moment("finished_at"),
            bytes: try row.decode("bytes_done", in: StoredNumbers.bytes),
            queueSeconds: try row.decode("waited", ifIn: StoredNumbers.span)
                .map { Double($0) / 1000 },
            transferSeconds: try row.decode("transfer_seconds", in: StoredNumbers.seconds)
        )
    }

    /// The number of the newest event; 0 where there is none.
    package func lastEvent() throws(Failure) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM event") ?? 0 }
    }
}
