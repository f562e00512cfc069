import ADMModel
import GRDB

/// How a changed value goes back: a row is written only if it changed.
extension LedgerTables {
    /// Writes what differs between two states; nil for `old` if the tables are empty.
    static func save(
        _ new: LedgerState,
        over old: LedgerState?,
        boot: String,
        in database: Database
    ) throws {
        let hasNewHead =
            old.map {
                ($0.generation, $0.quietUntil, $0.lastSerial)
                    != (new.generation, new.quietUntil, new.lastSerial) || $0.limits != new.limits
            } ?? true
        if hasNewHead {
            try run("DELETE FROM ledger", [], database)
            try run(
                "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    new.generation, boot, new.quietUntil, new.lastSerial, new.limits.slots,
                    new.limits.perHost, new.limits.connections, new.limits.hostConnections,
                    new.limits.rate.description, new.limits.hostRate.description,
                ],
                database
            )
        }
        try replace(old?.holders ?? [:], new.holders, "holder", "id", database) {
            [$0, $1.process, $1.role, $1.capacity, $1.joinedAt]
        }
        try replace(old?.shares ?? [:], new.shares, "workspace", "id", database) {
            [
                $0, $1.name, $1.share.weight, $1.share.minSlots, $1.share.maxSlots,
                $1.share.isPaused, $1.share.rate.description, $1.usage, $1.usageAt,
            ]
        }
        try replace(old?.coolDowns ?? [:], new.coolDowns, "cool_down", "origin", database) {
            [$0, $1.until, $1.asked, $1.refusals]
        }
        try replace(old?.leases ?? [:], new.leases, "lease", "serial", database) {
            [
                $0, $1.holder, $1.workspace, $1.job, $1.host, $1.origin, $1.state.rawValue,
                $1.connections, $1.wanted, $1.isResumable, $1.grantedAt,
            ]
        }
        try saveWaiters(old?.waiters ?? [:], new.waiters, database)
        try saveFlows(old?.flows ?? [:], new.flows, database)
    }

    private static func saveFlows(
        _ old: [LedgerFlow.Key: LedgerFlow],
        _ new: [LedgerFlow.Key: LedgerFlow],
        _ database: Database
    ) throws {
        for key in old.keys where new[key] == nil {
            try run(
                "DELETE FROM flow WHERE holder = ? AND workspace = ? AND host = ?",
                [key.holder, key.workspace, key.host],
                database
            )
        }
        for (key, flow) in new where old[key] != flow {
            try run(
                "INSERT OR REPLACE INTO flow VALUES (?, ?, ?, ?, ?)",
                [
                    key.holder, key.workspace, key.host, flow.weight,
                    flow.demand.isFinite ? flow.demand : nil,
                ],
                database
            )
        }
    }

    private static func saveWaiters(
        _ old: [Waiter.Key: Waiter],
        _ new: [Waiter.Key: Waiter],
        _ database: Database
    ) throws {
        for key in old.keys where new[key] == nil {
            try run(
                "DELETE FROM waiter WHERE holder = ? AND workspace = ?",
                [key.holder, key.workspace],
                database
            )
        }
        for (key, waiter) in new where old[key] != waiter {
            try run(
                "INSERT OR REPLACE INTO waiter VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    key.holder, key.workspace,
                    waiter.candidates.map {
                        "\($0.job ?? 0)@\($0.connections)@\($0.host)@\($0.origin)"
                    }
                    .joined(separator: " "),
                    waiter.sortKey, waiter.demand, waiter.serial, waiter.since,
                ],
                database
            )
        }
    }

    private static func replace<Key: Hashable & DatabaseValueConvertible, Value: Equatable>(
        _ old: [Key: Value],
        _ new: [Key: Value],
        _ table: String,
        _ column: String,
        _ database: Database,
        _ row: (Key, Value) -> [(any DatabaseValueConvertible)?]
    ) throws {
        for key in old.keys where new[key] == nil {
            try run("DELETE FROM \(table) WHERE \(column) = ?", [key], database)
        }
        for (key, value) in new where old[key] != value {
            let values = row(key, value)
            let marks = values.map { _ in "?" }.joined(separator: ", ")
            try run("INSERT OR REPLACE INTO \(table) VALUES (\(marks))", values, database)
        }
    }

    private static func run(
        _ sql: String,
        _ values: [(any DatabaseValueConvertible)?],
        _ database: Database
    ) throws {
        try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }
}
