package import ADMModel
import Foundation
import GRDB

extension Catalog {
    /// Events with a number above `sequence`, in order, at most `limit` of them.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged` where the first of them cannot be read; those before
    ///   one that cannot are answered by themselves.
    package func events(after sequence: Int64 = 0, limit: Int) throws(Failure) -> [JobEvent] {
        let path = layout.database
        return try read { database in
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
                        hint: "adm events --since \(number) goes on behind it",
                        cause: (error as? UnreadableValue)?.reason
                    )
                }
            }
            return events
        }
    }

    /// The last twenty failures of a job, oldest first.
    package func failures(number: Int64) throws(Failure) -> [RecordedFailure] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM job_error WHERE job = ? ORDER BY ordinal",
                arguments: [number]
            )
            return try UnreadableRow.reading(number) {
                try rows.map { row in
                    RecordedFailure(
                        attempt: try row.decode("attempt", in: StoredNumbers.count),
                        occurredAt: try row.moment("at"),
                        failure: try StoredJSON.value(row.decode(forColumn: "failure"))
                    )
                }
            }
        }
    }

    /// Checks the whole file; each line of the answer is something wrong, none means sound.
    ///
    /// It reads everything, so it takes seconds where there are a million jobs. Nothing is
    /// repaired.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged` where the file cannot even be read through.
    package func quickCheck() throws(Failure) -> [String] {
        try read { database in
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
