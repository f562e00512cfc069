import ADMModel
import GRDB

/// The tables of the ledger: how its rows become one value, and how a changed value goes back.
///
/// A row is written only if it changed.
enum LedgerTables {
    /// Marks a file as adm's ledger: `PRAGMA application_id`, the letters `ADMl`.
    static let applicationID = 0x4144_4D6C
    /// The `user_version` of these tables.
    static let version = 4

    static let statements = """
        PRAGMA application_id = 0x41444D6C;
        PRAGMA user_version = 4;

        CREATE TABLE ledger (
            generation TEXT NOT NULL,
            boot TEXT NOT NULL,
            quiet_until INTEGER NOT NULL,
            last_serial INTEGER NOT NULL,
            slots INTEGER NOT NULL,
            per_host INTEGER NOT NULL,
            connections INTEGER NOT NULL,
            host_connections INTEGER NOT NULL,
            rate TEXT NOT NULL,
            host_rate TEXT NOT NULL
        ) STRICT;

        CREATE TABLE holder (
            id TEXT NOT NULL PRIMARY KEY,
            process INTEGER NOT NULL,
            role TEXT NOT NULL,
            capacity INTEGER NOT NULL,
            joined_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE workspace (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            weight INTEGER NOT NULL,
            min_slots INTEGER NOT NULL,
            max_slots INTEGER NOT NULL,
            is_paused INTEGER NOT NULL,
            rate TEXT NOT NULL,
            usage REAL NOT NULL,
            usage_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE lease (
            serial INTEGER NOT NULL PRIMARY KEY,
            holder TEXT NOT NULL,
            workspace TEXT NOT NULL,
            job INTEGER,
            host TEXT NOT NULL,
            origin TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('offered', 'held', 'yielding')),
            connections INTEGER NOT NULL,
            wanted INTEGER NOT NULL,
            is_resumable INTEGER NOT NULL,
            granted_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE waiter (
            holder TEXT NOT NULL,
            workspace TEXT NOT NULL,
            candidates TEXT NOT NULL,
            sort_key INTEGER NOT NULL,
            demand INTEGER NOT NULL,
            serial INTEGER NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (holder, workspace)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cool_down (
            origin TEXT NOT NULL PRIMARY KEY,
            until INTEGER NOT NULL,
            asked INTEGER NOT NULL,
            refusals INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE flow (
            holder TEXT NOT NULL,
            workspace TEXT NOT NULL,
            host TEXT NOT NULL,
            weight REAL NOT NULL,
            demand REAL,
            PRIMARY KEY (holder, workspace, host)
        ) STRICT, WITHOUT ROWID;
        """

    /// The tables, all of which a new ledger has empty.
    static let names = ["ledger", "holder", "workspace", "lease", "waiter", "cool_down", "flow"]
}
