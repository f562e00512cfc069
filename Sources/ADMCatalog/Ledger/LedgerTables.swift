import ADMModel
import GRDB

/// How the ledger's rows become one value, and how a changed value goes back.
///
/// A row is written only where it changed.
enum LedgerTables {
    /// Marks a file as adm's ledger: `PRAGMA application_id`, the letters `ADMl`.
    static let applicationID = 0x4144_4D6C
    /// The `user_version` of these tables.
    static let version = 2

    static let statements = """
        PRAGMA application_id = 0x41444D6C;
        PRAGMA user_version = 2;

        CREATE TABLE ledger (
            generation TEXT NOT NULL,
            boot TEXT NOT NULL,
            quiet_until INTEGER NOT NULL,
            last_serial INTEGER NOT NULL,
            slots INTEGER NOT NULL,
            per_host INTEGER NOT NULL,
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
            state TEXT NOT NULL CHECK (state IN ('offered', 'held', 'yielding')),
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
            host TEXT NOT NULL PRIMARY KEY,
            until INTEGER NOT NULL
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

    // MARK: - Reading

    /// The whole ledger, and the start of the machine that it was written in.
    static func load(_ database: Database) throws -> (state: LedgerState, boot: String)? {
        guard let row = try Row.fetchOne(cached("SELECT * FROM ledger", database)) else {
            return nil
        }
        var state = LedgerState(
            generation: try row.decode(forColumn: "generation"),
            quietUntil: try row.decode(forColumn: "quiet_until"),
            limits: BudgetLimits(
                slots: try row.decode(forColumn: "slots"),
                perHost: try row.decode(forColumn: "per_host"),
                rate: try rate(row, "rate"),
                hostRate: try rate(row, "host_rate")
            )
        )
        state.lastSerial = try row.decode(forColumn: "last_serial")
        try loadParties(database, into: &state)
        try loadSlots(database, into: &state)
        try loadFlows(database, into: &state)
        return (state, try row.decode(forColumn: "boot"))
    }

    private static func loadParties(_ database: Database, into state: inout LedgerState) throws {
        for row in try Row.fetchAll(cached("SELECT * FROM holder", database)) {
            let id: String = try row.decode(forColumn: "id")
            state.holders[id] = LedgerHolder(
                process: try row.decode(forColumn: "process"),
                role: try row.decode(forColumn: "role"),
                capacity: try row.decode(forColumn: "capacity"),
                joinedAt: try row.decode(forColumn: "joined_at")
            )
        }
        for row in try Row.fetchAll(cached("SELECT * FROM workspace", database)) {
            let id: String = try row.decode(forColumn: "id")
            state.shares[id] = LedgerShare(
                name: try row.decode(forColumn: "name"),
                share: WorkspaceShare(
                    weight: try row.decode(forColumn: "weight"),
                    minSlots: try row.decode(forColumn: "min_slots"),
                    maxSlots: try row.decode(forColumn: "max_slots"),
                    isPaused: try row.decode(forColumn: "is_paused"),
                    rate: try rate(row, "rate")
                ),
                usage: try row.decode(forColumn: "usage"),
                usageAt: try row.decode(forColumn: "usage_at")
            )
        }
        for row in try Row.fetchAll(cached("SELECT * FROM cool_down", database)) {
            let host: String = try row.decode(forColumn: "host")
            state.coolDowns[host] = try row.decode(forColumn: "until")
        }
    }

    private static func rate(_ row: Row, _ column: String) throws -> Rate {
        guard let rate = Rate(parsing: try row.decode(forColumn: column)) else {
            throw DatabaseError(resultCode: .SQLITE_MISMATCH, message: "a rate cannot be read")
        }
        return rate
    }

    private static func loadFlows(_ database: Database, into state: inout LedgerState) throws {
        for row in try Row.fetchAll(cached("SELECT * FROM flow", database)) {
            let key = LedgerFlow.Key(
                holder: try row.decode(forColumn: "holder"),
                workspace: try row.decode(forColumn: "workspace"),
                host: try row.decode(forColumn: "host")
            )
            let demand: Double? = try row.decode(forColumn: "demand")
            state.flows[key] = LedgerFlow(
                weight: try row.decode(forColumn: "weight"),
                demand: demand ?? .infinity
            )
        }
    }

    private static func loadSlots(_ database: Database, into state: inout LedgerState) throws {
        for row in try Row.fetchAll(cached("SELECT * FROM lease", database)) {
            let lease = Lease(
                serial: try row.decode(forColumn: "serial"),
                holder: try row.decode(forColumn: "holder"),
                workspace: try row.decode(forColumn: "workspace"),
                job: try row.decode(forColumn: "job"),
                host: try row.decode(forColumn: "host"),
                state: Lease.State(rawValue: try row.decode(forColumn: "state")) ?? .held,
                isResumable: try row.decode(forColumn: "is_resumable"),
                grantedAt: try row.decode(forColumn: "granted_at")
            )
            state.leases[lease.serial] = lease
        }
        for row in try Row.fetchAll(cached("SELECT * FROM waiter", database)) {
            let key = Waiter.Key(
                holder: try row.decode(forColumn: "holder"),
                workspace: try row.decode(forColumn: "workspace")
            )
            let candidates: String = try row.decode(forColumn: "candidates")
            state.waiters[key] = Waiter(
                key: key,
                candidates: candidates.split(separator: " ").compactMap(candidate),
                sortKey: try row.decode(forColumn: "sort_key"),
                demand: try row.decode(forColumn: "demand"),
                serial: try row.decode(forColumn: "serial"),
                since: try row.decode(forColumn: "since")
            )
        }
    }

    /// Reads `NUMBER@HOST`; numbers begin with 1, so that 0 is none.
    private static func candidate(_ text: Substring) -> Waiter.Candidate? {
        let parts = text.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let job = Int64(parts[0]) else { return nil }
        return Waiter.Candidate(job: job == 0 ? nil : job, host: String(parts[1]))
    }

    static func cached(_ sql: String, _ database: Database) throws -> Statement {
        try database.cachedStatement(sql: sql)
    }
}
