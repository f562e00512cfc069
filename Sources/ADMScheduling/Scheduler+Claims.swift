import ADMCatalog
import ADMModel
import ADMSystem

/// How jobs get their slots: as many as the ledger gives, the most urgent first.
extension Scheduler {
    /// How long a slot goes from job to job before the ledger is asked again; at most so much later a
    /// workspace with many small files notices that others wait.
    private static let keepsSlots = Duration.milliseconds(250)

    /// Claims what may begin now: a suspect alone, or as many others as there are slots for.
    func nextClaims() async throws -> [(Claim, Lease)] {
        if let begun = try await trial() { return [begun] }
        let solitude = configuration.budget.solitude
        guard solitude.mayClaim() else {
            try await freeSlots()
            return []
        }
        do {
            let claims = try await claims()
            solitude.begun(claims.count)
            return claims
        } catch {
            solitude.begun(0)
            throw error
        }
    }

    /// Asks for as many slots as can be used, and claims a job for each.
    private func claims() async throws -> [(Claim, Lease)] {
        var claims: [(Claim, Lease)] = []
        do {
            try await useFreedSlots(for: &claims)
            let isDue = ledger.isDue || ledger.checkedAt.duration(to: .now) > Scheduler.keepsSlots
            guard isDue else { return claims }
            while !isStopping, try await takeSlots(for: &claims) {}
            ledger.isDue = false
            ledger.checkedAt = .now
        } catch {
            // What was claimed must run, whatever happened to the next one.
            if claims.isEmpty { throw error }
        }
        return claims
    }

    /// Uses slots whose transfers have ended for the next jobs of their hosts, as long as the ledger was
    /// asked a moment ago; the others are handed back.
    private func useFreedSlots(for claims: inout [(Claim, Lease)]) async throws {
        guard !ledger.freed.isEmpty else { return }
        let isFresh = ledger.checkedAt.duration(to: .now) < Scheduler.keepsSlots
        let slots = ledger.freed
        ledger.freed = []
        var unused = slots.filter { !isFresh || !mayKeep($0) }
        let kept = isFresh ? slots.filter(mayKeep) : []
        var failure: (any Error)?
        for (host, group) in Dictionary(grouping: kept, by: \.lease.host) {
            var next: [Claim] = []
            do {
                next = try await claim(
                    group.count,
                    host: host,
                    closed: decision.closed,
                    besides: claims.count
                )
            } catch { failure = error }
            for (slot, claim) in zip(group, next) {
                await configuration.budget.reuse(slot.lease, job: claim.number)
                claims.append((claim, slot.lease))
            }
            unused += group.dropFirst(next.count)
        }
        for slot in unused {
            await configuration.budget.giveBack(slot.lease, coolDown: slot.coolDown)
            ledger.isDue = true
            ledger.owes = true
        }
        if let failure { throw failure }
    }

    private func mayKeep(_ slot: FreedSlot) -> Bool {
        slot.coolDown == nil && !decision.hasRivals
            && !decision.preempted.contains(slot.lease.serial)
    }

    /// Takes the slots that are free and due, and claims a job for each; false where there are none.
    private func takeSlots(for claims: inout [(Claim, Lease)]) async throws -> Bool {
        let demand = try await demand(besides: claims.count)
        guard demand != nil || decision.isWaiting || ledger.owes || !running.isEmpty else {
            return false
        }
        let member = member ?? configuration.member()
        self.member = member
        decision = try await configuration.budget.update(member, demand: demand)
        noticeCoolDowns(of: demand)
        ledger.owes = false
        for item in running.values
        where !item.isFinishing && decision.preempted.contains(item.lease.serial) {
            item.stop.send(.yield)
        }
        var failure: (any Error)?
        for (host, leases) in Dictionary(grouping: decision.granted, by: \.host) {
            var next: [Claim] = []
            do {
                next = try await claim(
                    leases.count,
                    host: host,
                    closed: decision.closed.subtracting(leases.map(\.origin)),
                    besides: claims.count
                )
            } catch { failure = failure ?? error }
            for (lease, claim) in zip(leases, next) {
                await configuration.budget.reuse(lease, job: claim.number)
                claims.append((claim, lease))
            }
            for lease in leases.dropFirst(next.count) {
                await configuration.budget.giveBack(lease)
                ledger.owes = true
            }
        }
        if let failure { throw failure }
        return !decision.granted.isEmpty
    }

    /// The jobs that could begin now; nil where there are none.
    private func demand(besides begun: Int) async throws -> QueueHead? {
        var room = configuration.limit - transferring - begun
        if let left = drain?.left, foreground.isEmpty { room = min(room, left - begun) }
        guard room > 0 else { return nil }
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        var head = QueueHead()
        let own = running.values.count { foreground[$0.job.id] != nil }
        if foreground.count > own || !resting.isEmpty {
            head = try await foregroundHead()
        }
        if let drain, (drain.left ?? Int.max) > begun {
            let more = try await catalog.queue.head(
                of: .workspace,
                owner: owner,
                busy: decision.busyHosts,
                closed: decision.closed
            )
            if head.entries.isEmpty { head.sortKey = more.sortKey }
            let known = Set(head.entries.map(\.origin))
            head.entries += more.entries.filter { !known.contains($0.origin) }
            head.count += more.count
        }
        guard head.count > 0 else { return nil }
        head.count = min(head.count, room)
        return head
    }

    /// The next of the jobs that somebody here waits for.
    ///
    /// A job that is being added has its row before it is known here with its header fields; until
    /// then it does not begin.
    private func foregroundHead() async throws -> QueueHead {
        try await configuration.catalog.queue.head(
            of: .attended,
            owner: configuration.budget.holder.id,
            busy: decision.busyHosts,
            closed: decision.closed,
            among: Set(foreground.values.map(\.job.number))
        )
    }

    /// How many jobs hold a slot here.
    var transferring: Int { running.values.count { !$0.isFinishing } }

    /// Claims the next jobs of a host: first those that somebody here waits for.
    private func claim(
        _ count: Int,
        host: String,
        closed: Set<String>,
        besides begun: Int
    ) async throws -> [Claim] {
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        var claims: [Claim] = []
        if !foreground.isEmpty {
            let taken = try await catalog.queue.claimAttended(
                count: count,
                host: host,
                closed: closed,
                owner: owner,
                among: Set(foreground.values.map(\.job.number))
            )
            await configuration.publish(taken.events)
            claims = taken.claims
        }
        guard let drain, claims.count < count else { return claims }
        let left = (drain.left ?? Int.max) - begun
        guard left > 0 else { return claims }
        do {
            let taken = try await catalog.queue.claimNext(
                count: min(count - claims.count, left),
                host: host,
                closed: closed,
                owner: owner
            )
            await configuration.publish(taken.events)
            claims += taken.claims
        } catch { if claims.isEmpty { throw error } }
        return claims
    }
}
