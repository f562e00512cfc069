package import ADMModel
import GRDB

extension Catalog {
    /// The bytes of a job that were safely on disk at its last checkpoint; none where it is done.
    package func segments(number: Int64) throws(Failure) -> SegmentMap {
        try read { database in
            try UnreadableRow.reading(number) { try Catalog.segments(of: number, in: database) }
        }
    }

    static func segments(of number: Int64, in database: Database) throws -> SegmentMap {
        let rows = try Row.fetchAll(
            try database.cachedStatement(
                sql: "SELECT first, past FROM segment WHERE job = ? ORDER BY first"
            ),
            arguments: [number]
        )
        return SegmentMap(
            try rows.map { row in
                let first: Int64 = try row.decode(forColumn: "first")
                let past: Int64 = try row.decode(forColumn: "past")
                guard let range = ByteRange(checked: first, past), range.count > 0 else {
                    throw UnreadableValue(reason: "it has the bytes from \(first) to \(past)")
                }
                return range
            }
        )
    }
}
