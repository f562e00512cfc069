import ADMCatalog
import ADMModel

/// How the workspaces stand at one moment: what each uses, is entitled to, and has had.
struct BudgetSnapshot: Sendable {
    /// The workspaces that have or want something, by UUID.
    private(set) var usages: [String: WorkspaceUsage] = [:]
    private(set) var hosts: [String: HostUsage] = [:]
    private(set) var holders: [String: Int] = [:]
    /// How many connections all transfers may have together.
    private(set) var connections = 0
    private let limits: BudgetLimits
    private let now: Int64

    init(_ state: LedgerState, policy: FairShare, now: Int64) {
        self.now = now
        limits = state.limits
        for lease in state.leases.values {
            open(lease.workspace, in: state)
            count(lease.workspace, lease.holder, lease.host, connections: lease.connections)
            guard lease.state == .yielding else {
                let growth = lease.isHungry ? growth(of: lease) : 0
                usages[lease.workspace]?.demand += growth
                continue
            }
            usages[lease.workspace]?.yielding += 1
            usages[lease.workspace]?.returning += limits.cost(ofConnections: lease.connections)
        }
        for waiter in state.waiters.values {
            open(waiter.key.workspace, in: state)
            let each = limits.cost(ofConnections: waiter.candidates.first?.connections ?? 1)
            usages[waiter.key.workspace]?.demand += Double(max(1, waiter.demand)) * each
        }
        for id in usages.keys { usages[id]?.served = policy.served(id, in: state, now: now) }
        entitle()
    }

    /// How much more of what is shared out a transfer would take with all connections that it could use.
    private func growth(of lease: Lease) -> Double {
        limits.cost(ofConnections: lease.wanted) - limits.cost(ofConnections: lease.connections)
    }

    private mutating func entitle() {
        let order = Array(usages.keys)
        let claimants = order.map { id in
            let usage = usages[
                id,
                default: WorkspaceUsage(weight: 1, minimum: 0, maximum: 0, isPaused: true)
            ]
            return MaxMinShare.Claimant(
                weight: Double(usage.weight),
                least: Double(usage.minimum),
                most: most(usage)
            )
        }
        for (id, part) in zip(order, MaxMinShare.divide(Double(limits.capacity), among: claimants))
        {
            usages[id]?.entitled = part
        }
    }

    /// How much a workspace can use and is allowed to have.
    private func most(_ usage: WorkspaceUsage) -> Double {
        guard !usage.isPaused else { return 0 }
        let wanted = usage.used + usage.demand
        guard usage.maximum > 0 else { return wanted }
        let each = limits.unit == .slots ? 1 : limits.mostConnections
        return min(wanted, Double(usage.maximum.multiplied(saturating: each)))
    }

    private mutating func open(_ workspace: String, in state: LedgerState) {
        guard usages[workspace] == nil else { return }
        let share = state.shares[workspace]?.share
        usages[workspace] = WorkspaceUsage(
            weight: max(1, share?.weight ?? 1),
            minimum: share?.minSlots ?? 0,
            maximum: share?.maxSlots ?? 0,
            isPaused: share?.isPaused ?? false
        )
    }

    private mutating func count(
        _ workspace: String,
        _ holder: String,
        _ host: String,
        connections count: Int
    ) {
        usages[workspace]?.running += 1
        usages[workspace]?.connections += count
        usages[workspace]?.used += limits.cost(ofConnections: count)
        usages[workspace]?.hosts[host, default: HostUsage()].add(count)
        hosts[host, default: HostUsage()].add(count)
        holders[holder, default: 0] += 1
        connections += count
    }

    /// Counts a slot that was just given away.
    mutating func add(_ key: Waiter.Key, host: String, connections count: Int) {
        self.count(key.workspace, key.holder, host, connections: count)
    }

    /// Counts connections that a transfer was just given.
    mutating func grow(_ lease: Lease, by count: Int) {
        let before = limits.cost(ofConnections: lease.connections)
        let after = limits.cost(ofConnections: lease.connections + count)
        usages[lease.workspace]?.connections += count
        usages[lease.workspace]?.used += after - before
        usages[lease.workspace]?.hosts[lease.host]?.grow(by: count)
        hosts[lease.host]?.grow(by: count)
        connections += count
    }

    /// How many connections more a transfer of a host may have.
    func room(at host: String) -> Int {
        let all = max(0, limits.connections - connections)
        return min(all, hosts[host, default: HostUsage()].room(limits))
    }

    // MARK: - Who is next

    /// Whether another transfer may begin anywhere.
    func hasRoom(beside leases: Int) -> Bool {
        connections < limits.connections && (limits.slots == 0 || leases < limits.slots)
    }

    /// The waiter that gets the next free slot, and for which of its jobs; nil if nobody may.
    func next(in state: LedgerState) -> (waiter: Waiter, candidate: Int)? {
        var best: (Waiter, Int)?
        for waiter in state.waiters.values {
            guard mayRun(waiter, in: state), let candidate = candidate(of: waiter, in: state) else {
                continue
            }
            guard let leader = best else {
                best = (waiter, candidate)
                continue
            }
            if comesBefore(waiter, leader.0) { best = (waiter, candidate) }
        }
        return best
    }

    /// Whether nothing but a host or the budget keeps a waiter from a slot.
    func mayRun(_ waiter: Waiter, in state: LedgerState) -> Bool {
        guard let usage = usages[waiter.key.workspace], !usage.isPaused else { return false }
        if usage.maximum > 0, usage.running >= usage.maximum { return false }
        let capacity = state.holders[waiter.key.holder]?.capacity ?? 0
        return holders[waiter.key.holder, default: 0] < capacity
    }

    private func candidate(of waiter: Waiter, in state: LedgerState) -> Int? {
        waiter.candidates.firstIndex { candidate in
            !state.isClosed(candidate.origin, now: now) && !isFull(candidate.host)
        }
    }

    /// Whether a host has all the transfers or connections that it may have.
    func isFull(_ host: String) -> Bool { hosts[host]?.isFull(limits) ?? false }

    private func comesBefore(_ one: Waiter, _ other: Waiter) -> Bool {
        guard one.key.workspace != other.key.workspace else {
            return (one.sortKey, one.serial) < (other.sortKey, other.serial)
        }
        guard let left = usages[one.key.workspace], let right = usages[other.key.workspace] else {
            return one.serial < other.serial
        }
        if left.urgency != right.urgency { return left.urgency < right.urgency }
        if left.urgency == .beyond {
            // Nobody is owed anything: the one that would have the smaller part afterwards comes first.
            let mine = (left.used + 1) * Double(right.weight)
            let theirs = (right.used + 1) * Double(left.weight)
            if mine != theirs { return mine < theirs }
        }
        if left.served != right.served { return left.served < right.served }
        return (one.since, one.serial) < (other.since, other.serial)
    }
}
