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
    /// How long it was ready before its first attempt, in seconds; nil if it never began.
    package var queueSeconds: Double?
    /// How long it was fetched, in seconds.
    package var transferSeconds: Double
}

extension JobList {
    /// Events with a number above `sequence`, in order, at most `limit` of them.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged` if the first of them cannot be read; those before
    ///   one that cannot are answered by themselves.
    package func events(after sequence: Int64 = 0, limit: Int) async throws(Failure) -> [JobEvent] {
        let path = database.layout.database
        return try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: JobQuery.events,
                arguments: [sequence, limit]
            )
            var events: [JobEvent] = []
            for row in rows {
                do { events.append(try StoredEvent.event(from: row)) } catch {
                    guard events.isEmpty else { break }
                    let number = try row.decode(Int64.self, forColumn: "seq")
                    throw Failure(
                        .databaseDamaged,
                        "the event \(number) in \(path) cannot be read",
                        hint: "adm events --since \(number) starts after it",
                        cause: (error as? UnreadableValue)?.reason
                    )
                }
            }
            return events
        }
    }

    /// The number of the newest event; 0 if there is none.
    package func lastEvent() async throws(Failure) -> Int64 {
        try await database.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM event") ?? 0 }
    }

    /// A number that changes whenever another connection changed the database.
    package func changeCount() async throws(Failure) -> Int64 { try await database.changeCount() }

    /// Hands over what finished from a time on, one after the other, so that a million of them need
    /// no memory here; then every repeated attempt with its host and time.
    package func finished(
        since: Date,
        _ job: @Sendable (FinishedJob) -> Void,
        retry: @Sendable (_ host: String, Date) -> Void
    ) async throws(Failure) {
        try await database.read { database in
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
                    if let finished = try? JobList.finished(row, state) { job(finished) }
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

    /// Checks the whole file; each line of the answer is something wrong, none means sound.
    ///
    /// It reads everything, so it takes seconds if there are a million jobs. Nothing is
    /// repaired.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged` if the file cannot even be read through.
    package func quickCheck() async throws(Failure) -> [String] {
        try await database.read { database in
            var findings = try String.fetchAll(database, sql: "PRAGMA quick_check(20)")
                .filter { $0 != "ok" }
            for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
                let table: String = try row.decode(forColumn: "table")
                findings.append("a row of \(table) belongs to no job")
            }
            let wrong = try String.fetchAll(
                database,
                sql: """
                    SELECT state FROM counter
                    WHERE n <> (SELECT count(*) FROM job WHERE job.state = counter.state)
                    """
            )
            findings += wrong.map { "the number of \($0) jobs is counted wrongly" }
            let events = try Row.fetchOne(
                database,
                sql: "SELECT count(*) AS n, coalesce(max(seq) - min(seq) + 1, 0) AS span FROM event"
            )
            if let events,
                try events.decode(Int64.self, forColumn: "n")
                    != events.decode(Int64.self, forColumn: "span")
            {
                findings.append("the numbers of the events have a gap")
            }
            return findings
        }
    }
}
