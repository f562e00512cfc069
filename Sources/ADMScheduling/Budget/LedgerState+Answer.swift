import ADMCatalog
import ADMModel

extension LedgerState {
    /// What a process is told about one of its workspaces.
    func answer(
        to key: Waiter.Key,
        granted: [Lease],
        capacity: Int
    ) -> Budget.Answer {
        var answer = Budget.Answer(granted: granted)
        var hosts: [String: Int] = [:]
        for lease in leases.values {
            hosts[lease.host, default: 0] += 1
            let isOwn = lease.holder == key.holder && lease.workspace == key.workspace
            if isOwn, lease.state == .yielding { answer.recalled.insert(lease.serial) }
        }
        if limits.perHost > 0 {
            answer.busyHosts = Set(hosts.filter { $0.value >= limits.perHost }.keys)
        }
        answer.coolDowns = coolDowns
        answer.isWaiting = waiters[key] != nil
        answer.isRateLimited =
            limits.rate.isLimit || limits.hostRate.isLimit
            || shares[key.workspace]?.share.rate.isLimit ?? false
        answer.hasRivals =
            leases.values.contains { $0.workspace != key.workspace }
            || waiters.keys.contains { $0.workspace != key.workspace }
        return answer
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
