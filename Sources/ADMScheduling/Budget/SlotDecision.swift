package import ADMCatalog
import ADMModel

/// What the ledger decided about the slots of one workspace of this process.
package struct SlotDecision: Sendable {
    /// Slots that were just taken.
    package var granted: [Lease] = []
    /// Its slots that are to be given back.
    package var preempted: Set<Int64> = []
    /// How many connections each slot of this process for the workspace may have.
    package var connections: [Int64: Int] = [:]
    /// Whether some transfer would use more connections than it has.
    package var isGrowing = false
    /// Hosts that have all the transfers or connections that they may have.
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
        var hosts: [String: HostUsage] = [:]
        for lease in state.leases.values {
            hosts[lease.host, default: HostUsage()].add(lease.connections)
            if lease.isHungry { isGrowing = true }
            guard lease.holder == key.holder, lease.workspace == key.workspace else { continue }
            connections[lease.serial] = lease.connections
            if lease.state == .yielding { preempted.insert(lease.serial) }
        }
        busyHosts = Set(hosts.filter { $0.value.isFull(state.limits) }.keys)
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
