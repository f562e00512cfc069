import ADMCatalog
import ADMModel

/// How jobs get their slots: as many as the ledger gives, the most urgent first.
extension Scheduler {
    /// Asks for as many slots as can be used, and claims a job for each.
    func claims() async throws -> [(Claim, Lease)] {
        var claims: [(Claim, Lease)] = []
        do {
            while !isStopping, try await takeSlots(for: &claims) {}
        } catch {
            // What was claimed must run, whatever happened to the next one.
            if claims.isEmpty { throw error }
        }
        return claims
    }

    /// Takes the slots that are free and due, and claims a job for each; false where there are none.
    private func takeSlots(for claims: inout [(Claim, Lease)]) async throws -> Bool {
        let wish = try await wish(besides: claims.count)
        guard wish != nil || answer.isWaiting || !running.isEmpty else { return false }
        let member = member ?? configuration.member()
        self.member = member
        answer = try await configuration.budget.update(member, wish: wish)
        for item in running.values where answer.recalled.contains(item.lease.serial) {
            item.stop.pull(.yield)
        }
        var failure: (any Error)?
        for lease in answer.granted {
            do {
                if let claim = try await claim(lease, besides: claims.count) {
                    // It only tells others which job has the slot.
                    try? await configuration.budget.assign(lease, job: claim.number)
                    claims.append((claim, lease))
                    continue
                }
            } catch { failure = failure ?? error }
            try? await configuration.budget.release(lease)
        }
        if let failure { throw failure }
        return !answer.granted.isEmpty
    }

    /// The jobs that could begin now; nil where there are none.
    private func wish(besides begun: Int) async throws -> QueueHead? {
        var room = configuration.limit - running.count - begun
        if let left = drain?.left, attended.isEmpty { room = min(room, left - begun) }
        guard room > 0 else { return nil }
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        var head = QueueHead()
        if attended.count > running.count || !resting.isEmpty {
            head = try await attendedHead()
        }
        if let drain, (drain.left ?? Int.max) > begun {
            let more = try await catalog.head(
                of: .workspace,
                owner: owner,
                busy: answer.busyHosts
            )
            if head.entries.isEmpty { head.sortKey = more.sortKey }
            let known = Set(head.entries.map(\.host))
            head.entries += more.entries.filter { !known.contains($0.host) }
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
    private func attendedHead() async throws -> QueueHead {
        try await configuration.catalog.head(
            of: .attended,
            owner: configuration.budget.holder.id,
            among: Set(attended.values.map(\.job.number))
        )
    }

    private func claim(_ lease: Lease, besides begun: Int) async throws -> Claim? {
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        if !attended.isEmpty,
            let next = try await attendedHead().entries.first(where: { $0.host == lease.host }),
            let claim = try await catalog.claim(number: next.number, owner: owner)
        {
            return claim
        }
        guard let drain, (drain.left ?? Int.max) > begun else { return nil }
        return try await catalog.claimNext(host: lease.host, owner: owner)
    }
}
