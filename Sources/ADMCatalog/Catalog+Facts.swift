package import ADMModel
import Foundation
import GRDB

extension Catalog {
    /// Events with a number above `sequence`, in order, at most `limit` of them.
    package func events(after sequence: Int64 = 0, limit: Int) throws(Failure) -> [JobEvent] {
        try read { database in
            try Row.fetchAll(database, sql: JobQuery.events, arguments: [sequence, limit])
                .map(StoredEvent.event)
        }
    }

    /// The last twenty failures of a job, oldest first.
    package func failures(number: Int64) throws(Failure) -> [RecordedFailure] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM job_error WHERE job = ? ORDER BY ordinal",
                arguments: [number]
            )
            .map { row in
                RecordedFailure(
                    attempt: try row.decode(forColumn: "attempt"),
                    occurredAt: Date(milliseconds: try row.decode(forColumn: "at")),
                    failure: try StoredJSON.value(row.decode(forColumn: "failure"))
                )
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
