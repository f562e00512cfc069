import ADMCatalog
import ADMModel

/// How the workspaces stand at one moment: what each uses, is entitled to, and has had.
struct BudgetSnapshot: Sendable {
    /// The workspaces that have or want something, by UUID.
    private(set) var usages: [String: WorkspaceUsage] = [:]
    private(set) var hosts: [String: Int] = [:]
    private(set) var holders: [String: Int] = [:]
    private let now: Int64

    init(_ state: LedgerState, policy: FairShare, now: Int64) {
        self.now = now
        for lease in state.leases.values {
            count(lease.workspace, lease.holder, lease.host, in: state)
            if lease.state == .yielding { usages[lease.workspace]?.yielding += 1 }
        }
        for waiter in state.waiters.values {
            open(waiter.key.workspace, in: state)
            usages[waiter.key.workspace]?.demand += max(1, waiter.demand)
        }
        for id in usages.keys { usages[id]?.served = policy.served(id, in: state, now: now) }
        entitle(state.limits.slots)
    }

    private mutating func entitle(_ slots: Int) {
        let order = Array(usages.keys)
        let claimants = order.map { id in
            let usage = usages[
                id,
                default: WorkspaceUsage(weight: 1, minimum: 0, maximum: 0, isPaused: true)
            ]
            let limit = usage.maximum > 0 ? usage.maximum : Int.max
            let wanted = usage.isPaused ? 0 : min(limit, usage.running + usage.demand)
            return MaxMinShare.Claimant(
                weight: Double(usage.weight),
                least: Double(usage.minimum),
                most: Double(wanted)
            )
        }
        for (id, part) in zip(order, MaxMinShare.divide(Double(slots), among: claimants)) {
            usages[id]?.entitled = part
        }
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
        in state: LedgerState
    ) {
        open(workspace, in: state)
        usages[workspace]?.running += 1
        usages[workspace]?.hosts[host, default: 0] += 1
        hosts[host, default: 0] += 1
        holders[holder, default: 0] += 1
    }

    /// Counts a slot that was just given away.
    mutating func add(_ key: Waiter.Key, host: String) {
        usages[key.workspace]?.running += 1
        usages[key.workspace]?.hosts[host, default: 0] += 1
        hosts[host, default: 0] += 1
        holders[key.holder, default: 0] += 1
    }

    // MARK: - Who is next

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
            !state.isClosed(candidate.origin, now: now) && !isFull(candidate.host, in: state)
        }
    }

    /// Whether a host has all the transfers that it may have.
    func isFull(_ host: String, in state: LedgerState) -> Bool {
        state.limits.perHost > 0 && hosts[host, default: 0] >= state.limits.perHost
    }

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
            let mine = (left.running + 1) * right.weight
            let theirs = (right.running + 1) * left.weight
            if mine != theirs { return mine < theirs }
        }
        if left.served != right.served { return left.served < right.served }
        return (one.since, one.serial) < (other.since, other.serial)
    }
}
