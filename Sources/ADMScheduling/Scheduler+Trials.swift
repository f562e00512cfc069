import ADMCatalog
import ADMModel
import ADMSystem

/// How suspects are cleared or convicted: each runs alone, where its process has nothing else to do.
extension Scheduler {
    /// Claims the most urgent suspect whose host takes something, where this process runs nothing;
    /// nil otherwise, and where the ledger gives no slot now.
    ///
    /// - Throws: ``Failure`` of the database or the ledger.
    func trial() async throws -> (Claim, Lease)? {
        let mayPull = drain.map { $0.left ?? 1 > 0 } ?? false
        guard running.isEmpty, !isStopping, mayPull || !foreground.isEmpty else { return nil }
        let known = Set(foreground.values.map(\.job.number))
        let suspects = try await configuration.catalog.queue.suspects(for: configuration.budget.holder.id)
        let suspect = suspects.first { suspect in
            (suspect.isAttended ? known.contains(suspect.number) : mayPull)
                && !decision.busyHosts.contains(suspect.host)
                && !decision.closed.contains(suspect.origin)
        }
        guard let suspect, configuration.budget.solitude.takeAlone() else { return nil }
        do {
            if let begun = try await begin(suspect) { return begun }
        } catch {
            configuration.budget.solitude.ended()
            throw error
        }
        configuration.budget.solitude.ended()
        return nil
    }

    private func begin(_ suspect: Suspect) async throws -> (Claim, Lease)? {
        let budget = configuration.budget
        var demand = QueueHead()
        demand.entries = [.init(number: suspect.number, host: suspect.host, origin: suspect.origin)]
        demand.sortKey = suspect.sortKey
        demand.count = 1
        let member = member ?? configuration.member()
        self.member = member
        // Slots of jobs that have just ended would be in its way.
        for slot in ledger.freed { await budget.giveBack(slot.lease, coolDown: slot.coolDown) }
        ledger.freed = []
        decision = try await budget.update(member, demand: demand)
        ledger.isDue = true
        guard let lease = decision.granted.first(where: { $0.host == suspect.host }) else {
            for lease in decision.granted { await giveBack(lease) }
            return nil
        }
        for other in decision.granted where other.serial != lease.serial { await giveBack(other) }
        let taken: ClaimedJobs
        do {
            taken = try await configuration.catalog.queue.claimAlone(
                number: suspect.number,
                owner: budget.holder.id
            )
        } catch {
            await giveBack(lease)
            throw error
        }
        await configuration.publish(taken.events)
        guard let claim = taken.claims.first else {
            await giveBack(lease)
            return nil
        }
        await budget.reuse(lease, job: claim.number)
        onTrial = claim.number
        return (claim, lease)
    }

    private func giveBack(_ lease: Lease) async {
        await configuration.budget.giveBack(lease)
        ledger.owes = true
    }

    /// Gives back the slots of jobs that have ended, while a suspect of another workspace runs alone.
    func freeSlots() async throws {
        let slots = ledger.freed
        ledger.freed = []
        for slot in slots {
            try await configuration.budget.giveBackNow(slot.lease, coolDown: slot.coolDown)
        }
    }

    /// Lets others run beside a suspect that has gained bytes.
    func clearTrial() async throws {
        guard let number = onTrial, try await configuration.catalog.queue.isCleared(number: number) else {
            return
        }
        onTrial = nil
        configuration.budget.solitude.lift()
    }
}
