package import ADMCatalog
package import ADMModel

/// What processes do in the ledger; each move leaves the state settled.
///
/// After every move there are at most as many leases as slots, unless a limit was lowered.
extension LedgerState {
    /// A process takes part from now on, or changes what it does.
    package mutating func join(_ holder: String, _ entry: LedgerHolder) {
        holders[holder] = entry
    }

    /// A process takes part no more; its slots are free.
    package mutating func leave(_ holder: String, now: Int64, policy: FairShare) {
        remove(holder, now: now, policy: policy)
        policy.settle(&self, now: now)
    }

    /// Forgets processes that died.
    package mutating func reap(
        now: Int64,
        policy: FairShare,
        isAlive: (String) -> Bool
    ) {
        let known = Set(holders.keys)
            .union(leases.values.map(\.holder)).union(waiters.keys.map(\.holder))
        for holder in known where !isAlive(holder) {
            remove(holder, now: now, policy: policy)
        }
    }

    private mutating func remove(_ holder: String, now: Int64, policy: FairShare) {
        for lease in leases.values where lease.holder == holder {
            giveBack(lease, now: now, policy: policy)
        }
        waiters = waiters.filter { $0.key.holder != holder }
        flows = flows.filter { $0.key.holder != holder }
        holders[holder] = nil
    }

    /// A workspace is named and gets its share; what it has had stays.
    package mutating func register(
        _ workspace: String,
        name: String,
        share: WorkspaceShare,
        now: Int64
    ) {
        var entry = shares[workspace] ?? LedgerShare(name: name, share: share, usageAt: now)
        entry.name = name
        entry.share = share
        shares[workspace] = entry
    }

    /// Asks for slots, and takes those that are free and due to this one, none if it has to wait.
    ///
    /// What is still wanted waits; a process that waits already keeps its place in the queue.
    package mutating func request(
        _ demand: Waiter,
        now: Int64,
        policy: FairShare
    ) -> [Lease] {
        admit(demand.key.workspace, now: now, policy: policy)
        var waiter = demand
        if let former = waiters[demand.key] {
            waiter.serial = former.serial
            waiter.since = former.since
        } else {
            lastSerial += 1
            waiter.serial = lastSerial
            waiter.since = now
        }
        waiters[demand.key] = waiter
        policy.settle(&self, now: now)
        return take(demand.key, now: now)
    }

    /// Takes the slots that were offered.
    package mutating func take(_ key: Waiter.Key, now: Int64) -> [Lease] {
        let offered = leases.values.filter {
            $0.state == .offered && $0.holder == key.holder && $0.workspace == key.workspace
        }
        return offered.sorted { $0.serial < $1.serial }.map { lease in
            var lease = lease
            lease.state = .held
            lease.grantedAt = now
            leases[lease.serial] = lease
            return lease
        }
    }

    /// Wants no more slots for a workspace.
    package mutating func withdraw(_ key: Waiter.Key, now: Int64, policy: FairShare) {
        waiters[key] = nil
        for lease in leases.values
        where lease.state == .offered && lease.holder == key.holder
            && lease.workspace == key.workspace
        {
            leases[lease.serial] = nil
        }
        policy.settle(&self, now: now)
    }

    /// Gives a slot back.
    package mutating func giveBack(
        _ serial: Int64,
        holder: String,
        now: Int64,
        policy: FairShare
    ) {
        release([serial], holder: holder, now: now, policy: policy)
        policy.settle(&self, now: now)
    }

    /// Frees slots that a process gives back; the move that follows says who gets them.
    mutating func release(_ given: Set<Int64>, holder: String, now: Int64, policy: FairShare) {
        for serial in given {
            guard let lease = leases[serial], lease.holder == holder else { continue }
            giveBack(lease, now: now, policy: policy)
        }
    }

    /// Puts leases that a process holds into a ledger that does not know them.
    package mutating func restore(_ own: some Sequence<Lease>) {
        for lease in own where leases[lease.serial] == nil { leases[lease.serial] = lease }
    }

    /// Takes what a process says of one of its slots: which job has it, how many connections that could
    /// use, and whether it can stop.
    package mutating func describe(_ own: Lease) {
        guard var lease = leases[own.serial] else { return }
        lease.job = own.job
        lease.isResumable = own.isResumable
        lease.want(min(own.wanted, limits.mostConnections))
        leases[own.serial] = lease
    }

    /// How many connections some slots may have now.
    func connections(of own: [Lease]) -> [Int64: Int] {
        own.reduce(into: [:]) { counts, lease in
            counts[lease.serial] = leases[lease.serial]?.connections
        }
    }

    private mutating func giveBack(_ lease: Lease, now: Int64, policy: FairShare) {
        leases[lease.serial] = nil
        guard lease.state != .offered, var entry = shares[lease.workspace] else { return }
        entry.usage =
            policy.faded(entry, now: now)
            + policy.worth(now - lease.grantedAt, of: lease, in: self) / Double(entry.share.weight)
        entry.usageAt = now
        shares[lease.workspace] = entry
    }

    /// A workspace that comes back after a time without jobs begins level with the least served one, and is
    /// next among equals.
    private mutating func admit(_ workspace: String, now: Int64, policy: FairShare) {
        var active = Set(leases.values.map(\.workspace))
        active.formUnion(waiters.keys.map(\.workspace))
        guard !active.contains(workspace), var entry = shares[workspace] else { return }
        guard let least = active.map({ policy.served($0, in: self, now: now) }).min() else {
            return
        }
        entry.usage = max(policy.faded(entry, now: now), least - 1)
        entry.usageAt = now
        shares[workspace] = entry
    }

    /// The processes that got or have to give back a slot or connections.
    func concerned(since before: [Int64: Lease], besides own: String) -> Set<String> {
        var holders: Set<String> = []
        for (serial, lease) in leases where lease.holder != own {
            let isMoved = lease.state != .held && before[serial]?.state != lease.state
            let hasOthers = before[serial].map { $0.connections != lease.connections } ?? false
            if isMoved || hasOthers { holders.insert(lease.holder) }
        }
        return holders
    }
}
