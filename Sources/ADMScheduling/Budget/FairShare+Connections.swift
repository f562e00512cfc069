import ADMCatalog
import ADMModel

/// How many connections each transfer that runs may have.
extension FairShare {
    /// Takes back connections beyond limits that were lowered, one at a time from the transfer that has most;
    /// every transfer keeps one.
    func shrink(_ state: inout LedgerState) {
        let limits = state.limits
        var all = state.leases.values.reduce(0) { $0.adding(saturating: $1.connections) }
        var hosts: [String: Int] = [:]
        for lease in state.leases.values { hosts[lease.host, default: 0] += lease.connections }
        while true {
            let isAll = all > limits.connections
            let giver = state.leases.values.filter { lease in
                lease.connections > 1
                    && (isAll || hosts[lease.host, default: 0] > limits.hostConnections)
            }
            .max { ($0.connections, $0.serial) < ($1.connections, $1.serial) }
            guard let giver else { return }
            state.leases[giver.serial]?.connections -= 1
            hosts[giver.host, default: 0] -= 1
            all -= 1
        }
    }

    /// Gives connections that are free to transfers that run and could use more, one at a time to the one
    /// that has fewest.
    func grow(_ state: inout LedgerState, _ snapshot: inout BudgetSnapshot) {
        var hungry = state.leases.values.filter(\.isHungry)
        guard !hungry.isEmpty else { return }
        let poor = state.waiters.values.filter { waiter in
            snapshot.mayRun(waiter, in: state)
                && snapshot.usages[waiter.key.workspace].map { $0.urgency < .beyond } ?? false
        }
        while true {
            hungry.removeAll { lease in
                lease.wanted <= lease.connections || snapshot.room(at: lease.host) == 0
                    || mustWait(lease, for: poor, snapshot)
            }
            let next = hungry.indices.min {
                (hungry[$0].connections, hungry[$0].serial)
                    < (hungry[$1].connections, hungry[$1].serial)
            }
            guard let next else { return }
            snapshot.grow(hungry[next], by: 1)
            hungry[next].connections += 1
            state.leases[hungry[next].serial]?.connections = hungry[next].connections
        }
    }

    /// Whether what is free belongs to somebody who waits below the part of another workspace.
    private func mustWait(
        _ lease: Lease,
        for poor: [Waiter],
        _ snapshot: BudgetSnapshot
    ) -> Bool {
        guard let own = snapshot.usages[lease.workspace], own.urgency == .beyond else {
            return false
        }
        return poor.contains { $0.key.workspace != lease.workspace }
    }
}
