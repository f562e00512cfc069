package import ADMCatalog
import ADMModel

/// What the ledger decided about the slots of one workspace of this process.
package struct SlotDecision: Sendable {
    /// Slots that were just taken.
    package var granted: [Lease] = []
    /// Its slots that are to be given back.
    package var preempted: Set<Int64> = []
    /// Hosts that have all the transfers that they may have.
    package var busyHosts: Set<String> = []
    /// The origins that want to be left alone.
    package var coolDowns: [String: LedgerCoolDown] = [:]
    /// Whether it waits for a slot now.
    package var isWaiting = false
    /// Whether there is a limit of bytes a second for it.
    package var isRateLimited = false
    /// Whether other workspaces have or want slots, so that each is to be shared out again.
    package var hasRivals = false

    /// The origins that nobody may ask at a time, in milliseconds by ``BootClock``.
    func closed(at now: Int64) -> Set<String> {
        Set(coolDowns.filter { $0.value.until > now }.keys)
    }
}

extension SlotDecision {
    /// What a process is told about one of its workspaces.
    init(_ state: LedgerState, for key: Waiter.Key, granted: [Lease]) {
        self.init(granted: granted)
        var hosts: [String: Int] = [:]
        for lease in state.leases.values {
            hosts[lease.host, default: 0] += 1
            let isOwn = lease.holder == key.holder && lease.workspace == key.workspace
            if isOwn, lease.state == .yielding { preempted.insert(lease.serial) }
        }
        if state.limits.perHost > 0 {
            busyHosts = Set(hosts.filter { $0.value >= state.limits.perHost }.keys)
        }
        coolDowns = state.coolDowns
        isWaiting = state.waiters[key] != nil
        isRateLimited =
            state.limits.rate.isLimit || state.limits.hostRate.isLimit
            || state.shares[key.workspace]?.share.rate.isLimit ?? false
        hasRivals =
            state.leases.values.contains { $0.workspace != key.workspace }
            || state.waiters.keys.contains { $0.workspace != key.workspace }
    }
}
