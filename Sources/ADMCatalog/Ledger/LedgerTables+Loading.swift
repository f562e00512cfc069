import ADMModel
import GRDB

/// How the rows become one value.
///
/// What no adm would have written makes the whole ledger useless: it is made again from what the living
/// processes know. So every number is held against what it can be at this moment.
extension LedgerTables {
    /// The whole ledger; nil if there is none, or one of an earlier start of the machine.
    ///
    /// - Throws: `DatabaseError` with `SQLITE_MISMATCH` for nonsense.
    static func load(_ database: Database, boot: String, now: Int64) throws -> LedgerState? {
        do {
            return try Loading(database, now: now).state(of: boot)
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw DatabaseError(resultCode: .SQLITE_MISMATCH, message: "a row cannot be read")
        }
    }

    static func cached(_ sql: String, _ database: Database) throws -> Statement {
        try database.cachedStatement(sql: sql)
    }
}

/// One reading of the ledger.
private struct Loading {
    private let database: Database
    /// Moments that have been.
    private let past: ClosedRange<Int64>
    /// Moments up to which somebody may want something.
    private let soon: ClosedRange<Int64>
    /// Numbers of leases and waiters: there are never more than a million in a millisecond.
    private let serials: ClosedRange<Int64>

    /// Numbers of slots, as settings allow them.
    private static let slots = 0...1000
    private static let connections = 1...1000
    private static let counts = 0...100_000
    private static let sum = 0.0...1e18

    init(_ database: Database, now: Int64) {
        self.database = database
        let latest = now.adding(saturating: 1000)
        past = 0...latest
        soon = 0...latest.adding(saturating: 86_400_000)
        serials = 0...latest.multiplied(saturating: 1_000_000)
    }

    func state(of boot: String) throws -> LedgerState? {
        guard let row = try Row.fetchOne(LedgerTables.cached("SELECT * FROM ledger", database)),
            try row.decode(String.self, forColumn: "boot") == boot
        else { return nil }
        let quiet = 0...past.upperBound.adding(saturating: Ledger.quietTime)
        var state = LedgerState(
            generation: try row.decode(forColumn: "generation"),
            quietUntil: try row.decode("quiet_until", in: quiet),
            limits: BudgetLimits(
                slots: try row.decode("slots", in: Loading.slots),
                perHost: try row.decode("per_host", in: Loading.slots),
                connections: try row.decode("connections", in: Loading.connections),
                hostConnections: try row.decode("host_connections", in: Loading.connections),
                rate: try rate(row, "rate"),
                hostRate: try rate(row, "host_rate")
            )
        )
        state.lastSerial = try row.decode("last_serial", in: serials)
        try loadParties(into: &state)
        try loadSlots(into: &state)
        try loadFlows(into: &state)
        return state
    }

    private func rows(_ table: String) throws -> [Row] {
        try Row.fetchAll(LedgerTables.cached("SELECT * FROM \(table)", database))
    }

    private func loadParties(into state: inout LedgerState) throws {
        for row in try rows("holder") {
            let id: String = try row.decode(forColumn: "id")
            state.holders[id] = LedgerHolder(
                process: try row.decode("process", in: 0...Int64(Int32.max)),
                role: try row.decode(forColumn: "role"),
                capacity: try row.decode("capacity", in: Loading.counts),
                joinedAt: try row.decode("joined_at", in: past)
            )
        }
        for row in try rows("workspace") {
            let id: String = try row.decode(forColumn: "id")
            state.shares[id] = LedgerShare(
                name: try row.decode(forColumn: "name"),
                share: WorkspaceShare(
                    weight: try row.decode("weight", in: 1...1000),
                    minSlots: try row.decode("min_slots", in: Loading.slots),
                    maxSlots: try row.decode("max_slots", in: Loading.slots),
                    isPaused: try row.decode(forColumn: "is_paused"),
                    rate: try rate(row, "rate")
                ),
                usage: try row.decode("usage", in: Loading.sum),
                usageAt: try row.decode("usage_at", in: past)
            )
        }
        for row in try rows("cool_down") {
            let origin: String = try row.decode(forColumn: "origin")
            state.coolDowns[origin] = LedgerCoolDown(
                until: try row.decode("until", in: soon),
                asked: try row.decode("asked", in: soon),
                refusals: try row.decode("refusals", in: 0...100)
            )
        }
    }

    private func rate(_ row: Row, _ column: String) throws -> Rate {
        guard let rate = Rate(parsing: try row.decode(forColumn: column)) else {
            throw UnreadableValue(reason: "a rate cannot be read")
        }
        return rate
    }

    private func loadFlows(into state: inout LedgerState) throws {
        for row in try rows("flow") {
            let key = LedgerFlow.Key(
                holder: try row.decode(forColumn: "holder"),
                workspace: try row.decode(forColumn: "workspace"),
                host: try row.decode(forColumn: "host")
            )
            state.flows[key] = LedgerFlow(
                weight: try row.decode("weight", in: 1e-9...1e9),
                demand: try row.decode("demand", ifIn: Loading.sum) ?? .infinity
            )
        }
    }

    private func loadSlots(into state: inout LedgerState) throws {
        for row in try rows("lease") {
            let lease = Lease(
                serial: try row.decode("serial", in: serials),
                holder: try row.decode(forColumn: "holder"),
                workspace: try row.decode(forColumn: "workspace"),
                job: try row.decode(forColumn: "job"),
                host: try row.decode(forColumn: "host"),
                origin: try row.decode(forColumn: "origin"),
                state: Lease.State(rawValue: try row.decode(forColumn: "state")) ?? .held,
                connections: try row.decode("connections", in: Loading.connections),
                wanted: try row.decode("wanted", in: Loading.connections),
                isResumable: try row.decode(forColumn: "is_resumable"),
                grantedAt: try row.decode("granted_at", in: past)
            )
            state.leases[lease.serial] = lease
        }
        for row in try rows("waiter") {
            let key = Waiter.Key(
                holder: try row.decode(forColumn: "holder"),
                workspace: try row.decode(forColumn: "workspace")
            )
            let candidates: String = try row.decode(forColumn: "candidates")
            state.waiters[key] = Waiter(
                key: key,
                candidates: candidates.split(separator: " ").compactMap(candidate),
                sortKey: try row.decode("sort_key", in: StoredNumbers.sortKey),
                demand: try row.decode("demand", in: Loading.counts),
                serial: try row.decode("serial", in: serials),
                since: try row.decode("since", in: past)
            )
        }
    }

    /// Reads `NUMBER@CONNECTIONS@HOST@ORIGIN`; numbers begin with 1, so that 0 is none.
    private func candidate(_ text: Substring) -> Waiter.Candidate? {
        let parts = text.split(separator: "@", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let job = Int64(digits: parts[0]),
            let connections = Int64(digits: parts[1]).flatMap({ Int(exactly: $0) }),
            Loading.connections.contains(connections)
        else { return nil }
        return Waiter.Candidate(
            job: job == 0 ? nil : job,
            host: String(parts[2]),
            origin: String(parts[3]),
            connections: connections
        )
    }
}
