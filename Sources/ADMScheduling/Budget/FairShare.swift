package import ADMCatalog
import ADMModel
import Foundation

/// Who gets the next slot, and who gives one back.
///
/// - Among workspaces: weighted max-min on slots in use (``MaxMinShare``). A workspace below its
///   minimum comes first, then one that is a whole slot below its part, then, for the fractions that
///   are left, the one that has been served least. Being idle earns nothing: a newcomer begins with what
///   the least served one has had.
/// - Inside a workspace: the sort key of the most urgent job, in which priority ages.
/// - A transfer that runs and could use more connections gets them before another one begins, as long as
///   its workspace has no more than its part or no other waits below its own.
/// - A transfer that can resume later gives its slot back when it has had it for a ``quantum``, its
///   workspace has more than its part, and another that has less waits.
///
/// A pure value: it looks at a ``LedgerState`` and changes it; clock and processes are the caller's.
package struct FairShare: Sendable, Hashable {
    /// How long a transfer keeps its slot although others wait, in milliseconds.
    package var quantum: Int64
    /// How long an offered slot waits for its process, in milliseconds.
    package var offerTimeout: Int64
    /// After this time, in milliseconds, what was had counts half.
    package var halfLife: Double

    /// Takes the times.
    package init(
        quantum: Int64 = 60_000,
        offerTimeout: Int64 = 2000,
        halfLife: Double = 3_600_000
    ) {
        self.quantum = quantum
        self.offerTimeout = offerTimeout
        self.halfLife = halfLife
    }

    /// Takes back late offers, gives free slots away, and asks for others back if that is fair.
    package func settle(_ state: inout LedgerState, now: Int64) {
        for (serial, lease) in state.leases
        where lease.state == .offered && now - lease.grantedAt > offerTimeout {
            // Its process is stopped or hangs; when it continues, it asks again.
            state.leases[serial] = nil
        }
        state.endCoolDowns(now: now)
        guard now >= state.quietUntil else { return }
        shrink(&state)
        var snapshot = BudgetSnapshot(state, policy: self, now: now)
        grow(&state, &snapshot)
        while snapshot.hasRoom(beside: state.leases.count),
            let (waiter, index) = snapshot.next(in: state)
        {
            let candidate = waiter.candidates[index]
            let most = min(candidate.connections, state.limits.firstConnections)
            let connections = max(1, min(most, snapshot.room(at: candidate.host)))
            state.lastSerial += 1
            state.waiters[waiter.key] = waiter.afterGrant(for: index)
            state.leases[state.lastSerial] = Lease(
                serial: state.lastSerial,
                holder: waiter.key.holder,
                workspace: waiter.key.workspace,
                job: candidate.job,
                host: candidate.host,
                origin: candidate.origin,
                state: .offered,
                connections: connections,
                wanted: most,
                grantedAt: now
            )
            snapshot.add(waiter.key, host: candidate.host, connections: connections)
            state.beginProbe(of: candidate.origin, now: now)
        }
        Preemption(snapshot, policy: self, now: now).mark(&state)
    }

    /// What a workspace has had at a time: milliseconds of what is shared out, over weight, older ones counting
    /// less.
    package func served(_ workspace: String, in state: LedgerState, now: Int64) -> Double {
        guard let entry = state.shares[workspace] else { return 0 }
        let running = state.leases.values.reduce(0.0) { sum, lease in
            guard lease.workspace == workspace, lease.state != .offered else { return sum }
            return sum + worth(now - lease.grantedAt, of: lease, in: state)
        }
        return faded(entry, now: now) + running / Double(entry.share.weight)
    }

    /// What a number of milliseconds of a slot that end now count: the older ones less, as in what is
    /// recorded already.
    func worth(_ duration: Int64, of lease: Lease, in state: LedgerState) -> Double {
        let scale = halfLife / 0.693_147_180_559_945
        let cost = state.limits.cost(ofConnections: lease.connections)
        return cost * scale * (1 - exp2(-Double(max(0, duration)) / halfLife))
    }

    /// What a workspace has had without what it uses just now.
    func faded(_ entry: LedgerShare, now: Int64) -> Double {
        entry.usage * exp2(-Double(max(0, now - entry.usageAt)) / halfLife)
    }
}

extension Waiter {
    /// What is still wanted after a slot was given for one of the candidates; nil for nothing.
    fileprivate func afterGrant(for index: Int) -> Waiter? {
        guard demand > 1 else { return nil }
        var rest = self
        rest.demand -= 1
        // Its host may have another job, which is not known here.
        rest.candidates[index].job = nil
        return rest
    }
}
