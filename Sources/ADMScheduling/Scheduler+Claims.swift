import ADMCatalog
import ADMModel

/// How jobs get their slots: as many as the ledger gives, the most urgent first.
extension Scheduler {
    /// Asks for as many slots as can be used, and claims a job for each.
    func claims() async throws -> [(Claim, Lease)] {
        var claims: [(Claim, Lease)] = []
        var failure: (any Error)?
        while !isStopping {
            let wish = try await wish(besides: claims.count)
            guard wish != nil || answer.isWaiting || !running.isEmpty else { break }
            let member = member ?? configuration.member()
            self.member = member
            answer = try await configuration.budget.update(member, wish: wish)
            for item in running.values where answer.recalled.contains(item.lease.serial) {
                item.stop.pull(.yield)
            }
            guard !answer.granted.isEmpty else { break }
            for lease in answer.granted {
                do {
                    if let claim = try await claim(lease, besides: claims.count) {
                        claims.append((claim, lease))
                        continue
                    }
                } catch { failure = failure ?? error }
                try? await configuration.budget.release(lease)
            }
            guard let failure else { continue }
            // What was claimed must run, whatever happened to the next one.
            if claims.isEmpty { throw failure }
            break
        }
        return claims
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
            head = try await catalog.head(of: .attended, owner: owner)
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

    private func claim(_ lease: Lease, besides begun: Int) async throws -> Claim? {
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        if !attended.isEmpty,
            let claim = try await catalog.claimNext(.attended, host: lease.host, owner: owner)
        {
            try await configuration.budget.assign(lease, job: claim.number)
            return claim
        }
        guard let drain, (drain.left ?? Int.max) > begun else { return nil }
        guard
            let claim = try await catalog.claimNext(.workspace, host: lease.host, owner: owner)
        else { return nil }
        try await configuration.budget.assign(lease, job: claim.number)
        return claim
    }
}
