import ADMCatalog
import ADMModel
import Logging

/// What the log says of the schedule's actions and the ledger's decisions.
extension Logger {
    /// Notes an action before it is carried out.
    func note(_ action: Schedule.Action) {
        switch action {
        case .askLedger(let demand):
            trace("slots asked for", metadata: ["demand": "\(demand?.count ?? 0)"])
        case .assign(let lease, let job, _):
            debug(
                "slot given to job",
                metadata: ["job": "\(job)", "host": "\(lease.host)", "lease": "\(lease.serial)"]
            )
        case .giveBack(let lease, _):
            debug(
                "slot given back",
                metadata: ["host": "\(lease.host)", "lease": "\(lease.serial)"]
            )
        case .checkDrained: trace("queue looked at for its end")
        default: break
        }
    }

    /// Notes an action that ends a run.
    func note(ending action: Schedule.Action) {
        guard case .stop(let job, let reason) = action else { return }
        debug(
            "job stopped",
            metadata: [
                "job": "\(job)", "reason": "\(reason.map { "\($0)" } ?? "end of the process")",
            ]
        )
    }

    /// Notes a job that this process runs from now on.
    func note(_ claim: Claim) {
        debug(
            "job claimed",
            metadata: [
                "job": "\(claim.number)", "attempt": "\(claim.job.attempts)",
                "url": "\(claim.job.request.url.redacted)",
            ]
        )
    }

    /// Notes jobs of processes that died, by the events of what was done about them.
    func note(takenOver events: [JobEvent]) {
        guard !events.isEmpty else { return }
        debug(
            "jobs of dead processes taken over",
            metadata: ["jobs": "\(Set(events.map(\.number)).sorted())"]
        )
    }

    /// Notes what the ledger decided, if it changes anything.
    func note(_ decision: SlotDecision) {
        for lease in decision.granted {
            debug(
                "slot taken",
                metadata: ["host": "\(lease.host)", "lease": "\(lease.serial)"]
            )
        }
        if !decision.preempted.isEmpty {
            debug(
                "slots preempted",
                metadata: ["leases": "\(decision.preempted.sorted())"]
            )
        }
        if decision.isWaiting {
            trace(
                "waiting for a slot",
                metadata: ["busy": "\(decision.busyHosts.sorted())"]
            )
        }
    }
}
