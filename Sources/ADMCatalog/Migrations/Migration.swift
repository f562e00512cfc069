import ADMModel
import GRDB

/// One step from a schema to the next.
///
/// A migration that was released is never edited; a change of the schema is a new file with the
/// next number.
protocol Migration: Sendable {
    /// The `user_version` that the database has afterwards.
    static var version: Int { get }
    /// The statements of this step.
    static var statements: String { get }
}

/// All steps of the workspace's database.
enum WorkspaceSchema {
    /// Marks a file as adm's: `PRAGMA application_id`, the letters `ADMj`.
    static let applicationID = 0x4144_4D6A

    /// The steps, oldest first.
    static let migrations: [any Migration.Type] = [
        CreateJobs.self, AddQueue.self, AddCredentials.self, AddHosts.self, AddPieces.self,
        AddDelivered.self, AddSuspects.self, AllowMoves.self, CheapenMoves.self, AddRequests.self,
    ]

    /// The version that this adm reads and writes.
    static var current: Int { migrations.last?.version ?? 0 }

    /// Brings the database to ``current``, inside the caller's transaction.
    static func migrate(_ database: Database, from version: Int) throws {
        for migration in migrations where migration.version > version {
            try database.execute(sql: migration.statements)
            // A pragma takes no bound values; both texts are literals of this program.
            try database.execute(sql: "PRAGMA user_version = " + String(migration.version))
        }
    }

    /// The version of a database that adm wrote; 0 for an empty one.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged` for another program's, `databaseTooNew`.
    static func version(of database: Database, at path: String) throws -> Int {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let hasTables = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema)"
        )
        if application != applicationID, version != 0 || hasTables == true {
            throw DatabaseFailure.damaged(path, cause: "it is a database of another program")
        }
        guard version <= current else {
            throw Failure(
                .databaseTooNew,
                "the database \(path) was written by a newer adm (version \(version) of its tables,"
                    + " this adm knows \(current))",
                hint: "update adm; the file was left as it is"
            )
        }
        return version
    }
}
