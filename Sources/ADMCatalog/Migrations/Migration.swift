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
        AddDelivered.self, AddSuspects.self,
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
}
