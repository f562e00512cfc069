import ADMSystem
import GRDB
import Glibc

/// Reads the ledger without taking part in it.
enum LedgerReading {
    /// The ledger in a file; nil if there is none of this start of the machine.
    ///
    /// `isFrozen` reads the file as it lies there, without SQLite's locks and without rolling anything
    /// back.
    ///
    /// - Throws: `DatabaseError` if it cannot be read that way; ``Failure`` with `databaseTooNew`.
    static func load(_ path: String, isFrozen: Bool) throws -> LedgerState? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_size > 0 else { return nil }
        var configuration = Configuration()
        configuration.label = "adm.ledger.reading"
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
            )
        }
        let name = isFrozen ? DatabaseURI.immutable(path) : path
        let queue = try DatabaseQueue(path: name, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard version <= LedgerTables.version else { throw Ledger.tooNew(path) }
            guard version == LedgerTables.version else { return nil }
            return try LedgerTables.load(
                database,
                boot: BootClock.bootIdentity,
                now: BootClock.now
            )
        }
    }
}
