import ADMCatalog
import ADMModel

extension LedgerState {
    /// What a process is told about one of its workspaces.
    func decision(for key: Waiter.Key, granted: [Lease]) -> SlotDecision {
        var decision = SlotDecision(granted: granted)
        var hosts: [String: Int] = [:]
        for lease in leases.values {
            hosts[lease.host, default: 0] += 1
            let isOwn = lease.holder == key.holder && lease.workspace == key.workspace
            if isOwn, lease.state == .yielding { decision.preempted.insert(lease.serial) }
        }
        if limits.perHost > 0 {
            decision.busyHosts = Set(hosts.filter { $0.value >= limits.perHost }.keys)
        }
        decision.coolDowns = coolDowns
        decision.isWaiting = waiters[key] != nil
        decision.isRateLimited =
            limits.rate.isLimit || limits.hostRate.isLimit
            || shares[key.workspace]?.share.rate.isLimit ?? false
        decision.hasRivals =
            leases.values.contains { $0.workspace != key.workspace }
            || waiters.keys.contains { $0.workspace != key.workspace }
        return decision
    }

    /// The processes that got or have to give back a slot.
    func concerned(since before: [Int64: Lease], besides own: String) -> Set<String> {
        var holders: Set<String> = []
        for (serial, lease) in leases where lease.holder != own {
            guard lease.state != .held, before[serial]?.state != lease.state else { continue }
            holders.insert(lease.holder)
        }
        return holders
    }
}
