package import ADMModel
import GRDB

extension Catalog {
    /// The bytes of a job that were safely on disk at its last checkpoint; none where it is done.
    package func segments(number: Int64) throws(Failure) -> SegmentMap {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT first, past FROM segment WHERE job = ? ORDER BY first",
                arguments: [number]
            )
            return SegmentMap(
                try rows.map {
                    ByteRange(try $0.decode(forColumn: "first"), try $0.decode(forColumn: "past"))
                }
            )
        }
    }
}
