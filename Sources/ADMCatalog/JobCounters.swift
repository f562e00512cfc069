import ADMModel
import GRDB

/// The table that counts the jobs of each state, and the numbers that may be used up.
enum JobCounters {
    /// Whether the counters cannot be right.
    static func areNonsense(_ database: Database) throws -> Bool {
        let select = try database.cachedStatement(
            sql: "SELECT count(*) <> 10 OR min(n) < 0 OR max(n) > 1000000000 FROM counter"
        )
        return try Bool.fetchOne(select) ?? true
    }

    /// Counts the jobs of each state again.
    static func mend(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM counter")
        for state in JobState.allCases {
            try database.execute(
                sql: """
                    INSERT INTO counter (state, n)
                    VALUES (:state, (SELECT count(*) FROM job WHERE state = :state))
                    """,
                arguments: ["state": state.rawValue]
            )
        }
    }

    /// Why a row could not be added although there is space: the numbers are used up.
    static func exhaustion(in database: Database) throws -> (any Error)? {
        let last = try Int64.fetchOne(database, sql: "SELECT max(number) FROM job")
        if let last, last > StoredNumbers.number.upperBound {
            return UnreadableRow(job: last, reason: "its number is \(last)")
        }
        for (table, column) in [("job", "number"), ("event", "seq")] {
            let last = try Int64.fetchOne(
                database,
                sql: """
                    SELECT max(coalesce((SELECT max(\(column)) FROM \(table)), 0),
                        coalesce((SELECT seq FROM sqlite_sequence WHERE name = '\(table)'), 0))
                    """
            )
            guard let last, last > StoredNumbers.number.upperBound else { continue }
            return UnreadableValue(reason: "the last \(table) has the number \(last)")
        }
        return nil
    }
}
