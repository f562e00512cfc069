import ADMCatalog
import ADMModel

/// Which slots are asked back.
struct Preemption: Sendable {
    private let snapshot: BudgetSnapshot
    private let policy: FairShare
    private let now: Int64

    init(_ snapshot: BudgetSnapshot, policy: FairShare, now: Int64) {
        self.snapshot = snapshot
        self.policy = policy
        self.now = now
    }

    /// Marks the leases that are to be given back at their next checkpoint.
    func mark(_ state: inout LedgerState) {
        obeyLimits(&state)
        obeyFairness(&state)
    }

    // MARK: - Lowered limits

    /// A limit that was lowered counts at once, as far as nothing is lost by it.
    private func obeyLimits(_ state: inout LedgerState) {
        let all = Array(state.leases.values)
        // Every transfer has at least one connection.
        let most = state.limits.slots > 0 ? state.limits.slots : state.limits.connections
        ask(all, until: all.count - most, in: &state)
        for (host, usage) in snapshot.hosts where usage.slots > state.limits.hostConnections {
            let there = all.filter { $0.host == host }
            ask(there, until: usage.slots - state.limits.hostConnections, in: &state)
        }
        for (workspace, usage) in snapshot.usages where usage.maximum > 0 {
            let own = state.leases.values.filter { $0.workspace == workspace }
            ask(own, until: own.count - usage.maximum, in: &state)
        }
    }

    /// Asks the youngest of some leases back until enough of them are on their way.
    private func ask(_ leases: [Lease], until count: Int, in state: inout LedgerState) {
        guard count > 0 else { return }
        let leaving = leases.count { $0.state == .yielding }
        let askable = leases.filter { $0.state == .held && $0.isResumable }
            .sorted { $0.serial > $1.serial }
        for lease in askable.prefix(max(0, count - leaving)) {
            state.leases[lease.serial]?.state = .yielding
        }
    }

    // MARK: - Fairness

    private func obeyFairness(_ state: inout LedgerState) {
        // Slots that come free anyway go to those who wait longest below their part.
        var coming = state.leases.values.count { $0.state == .yielding }
        let owed = waitingWorkspaces(state)
        for (id, waiters) in owed {
            if coming > 0 {
                coming -= 1
                continue
            }
            guard let lease = victim(for: id, waiters, state) else { continue }
            state.leases[lease.serial]?.state = .yielding
        }
    }

    /// The workspaces that wait although they have less than their part, the least served first.
    private func waitingWorkspaces(_ state: LedgerState) -> [(id: String, waiters: [Waiter])] {
        let waiting = Dictionary(grouping: state.waiters.values) { $0.key.workspace }
        return waiting.compactMap { id, waiters in
            let able = waiters.filter { waiter in
                snapshot.mayRun(waiter, in: state)
                    && waiter.candidates.contains { state.coolDowns[$0.host] == nil }
            }
            guard let usage = snapshot.usages[id], usage.urgency < .beyond, !able.isEmpty else {
                return nil
            }
            return (id, able)
        }
        .sorted { left, right in
            guard let one = snapshot.usages[left.id], let other = snapshot.usages[right.id] else {
                return left.id < right.id
            }
            return (one.urgency.rawValue, one.served, left.id)
                < (other.urgency.rawValue, other.served, right.id)
        }
    }

    /// The lease to ask back for a workspace; nil if nobody has had more, or not for long.
    private func victim(for id: String, _ waiters: [Waiter], _ state: LedgerState) -> Lease? {
        guard let poor = snapshot.usages[id] else { return nil }
        let open = waiters.flatMap(\.candidates).map(\.host).filter {
            state.coolDowns[$0] == nil
        }
        // Where all its hosts have as many transfers as they may, only a slot there would help.
        let needed = open.allSatisfy { snapshot.isFull($0) } ? Set(open) : nil
        let askable = state.leases.values.filter { lease in
            lease.state == .held && lease.isResumable && lease.workspace != id
                && now - lease.grantedAt >= policy.quantum
                && (needed?.contains(lease.host) ?? true)
        }
        return askable.filter { mayAsk($0, for: poor, narrow: needed != nil, state.limits) }
            .max { left, right in
                guard let one = snapshot.usages[left.workspace],
                    let other = snapshot.usages[right.workspace]
                else { return false }
                return (one.surplus, one.served, -left.grantedAt, left.serial)
                    < (other.surplus, other.served, -right.grantedAt, right.serial)
            }
    }

    private func mayAsk(
        _ lease: Lease,
        for poor: WorkspaceUsage,
        narrow: Bool,
        _ limits: BudgetLimits
    ) -> Bool {
        guard let rich = snapshot.usages[lease.workspace] else { return false }
        // Minimums are promised.
        guard rich.running - rich.yielding > rich.minimum || poor.urgency == .belowMinimum else {
            return false
        }
        if narrow {
            let theirs = rich.hosts[lease.host]?.amount(limits) ?? 0
            let own = poor.hosts[lease.host]?.amount(limits) ?? 0
            if theirs > own + 1 { return true }
            return theirs > own && poor.served < rich.served
        }
        if poor.urgency == .belowMinimum { return rich.running - rich.yielding > rich.minimum }
        guard rich.surplus > 1e-6 else { return false }
        // Beyond a whole slot too many there is nothing to weigh; of a fraction, take turns.
        return rich.surplus >= 1 - 1e-6 || poor.served < rich.served
    }
}

extension WorkspaceUsage {
    /// By how much it has more than its part, without what it gives back already.
    fileprivate var surplus: Double { used - returning - entitled }
}
