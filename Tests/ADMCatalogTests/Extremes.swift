import Foundation
import GRDB

/// Values that adm never writes, and the columns that they are put into.
enum Extremes {
    /// A column that holds numbers.
    struct Column: Sendable, CustomStringConvertible {
        let table: String
        let name: String

        var description: String { "\(table).\(name)" }
    }

    /// What is written there, as SQL; a STRICT table refuses some of it, which is as good.
    static let values = [
        "-1", "0", "1", "9007199254740993", "-9007199254740993", "9223372036854775807",
        "-9223372036854775808", "1e308", "-1e308", "9e999", "NULL", "'12345678901234567890'",
    ]

    /// All columns of a database that hold numbers.
    static func columns(_ database: Database, besides ignored: Set<String> = []) throws -> [Column]
    {
        let tables = try String.fetchAll(
            database,
            sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return try tables.filter { !ignored.contains($0) }.sorted().flatMap { table in
            try Row.fetchAll(database, sql: "PRAGMA table_info(\(table))").compactMap { row in
                let type: String = row["type"]
                return ["INTEGER", "REAL"].contains(type)
                    ? Column(table: table, name: row["name"]) : nil
            }
        }
    }

    /// Puts a value into a column of the first row, past all checks; false if SQLite refuses it.
    static func put(
        _ value: String,
        into column: Column,
        where condition: String = "1",
        _ database: Database
    ) throws -> Bool {
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        do {
            try database.execute(
                sql: "UPDATE \(column.table) SET \(column.name) = \(value) WHERE \(condition)"
            )
            return true
        } catch { return false }
    }
}
