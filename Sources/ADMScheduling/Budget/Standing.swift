import ADMCatalog
import ADMModel

/// How the workspaces stand at one moment: what each uses, is entitled to, and has had.
struct Standing: Sendable {
    /// One workspace.
    struct Place: Sendable {
        var weight: Int
        var minimum: Int
        var maximum: Int
        var isPaused: Bool
        /// Its slots, offered ones too.
        var running = 0
        /// Its slots that it has been asked to give back.
        var yielding = 0
        /// How many more it could use.
        var demand = 0
        /// The part of all slots that is due to it.
        var entitled = 0.0
        /// What it has had.
        var served = 0.0
        /// Its slots by host.
        var hosts: [String: Int] = [:]
    }

    /// The workspaces that have or want something, by UUID.
    private(set) var places: [String: Place] = [:]
    private(set) var hosts: [String: Int] = [:]
    private(set) var holders: [String: Int] = [:]
    private let now: Int64

    init(_ state: LedgerState, policy: FairShare, now: Int64) {
        self.now = now
        for lease in state.leases.values {
            count(lease.workspace, lease.holder, lease.host, in: state)
            if lease.state == .yielding { places[lease.workspace]?.yielding += 1 }
        }
        for waiter in state.waiters.values {
            open(waiter.key.workspace, in: state)
            places[waiter.key.workspace]?.demand += max(1, waiter.demand)
        }
        for id in places.keys { places[id]?.served = policy.served(id, in: state, now: now) }
        entitle(state.limits.slots)
    }

    private mutating func entitle(_ slots: Int) {
        let order = Array(places.keys)
        let claimants = order.map { id in
            let place = places[
                id,
                default: Place(weight: 1, minimum: 0, maximum: 0, isPaused: true)
            ]
            let limit = place.maximum > 0 ? place.maximum : Int.max
            let wanted = place.isPaused ? 0 : min(limit, place.running + place.demand)
            return Entitlement.Claimant(
                weight: Double(place.weight),
                least: Double(place.minimum),
                most: Double(wanted)
            )
        }
        for (id, part) in zip(order, Entitlement.divide(Double(slots), among: claimants)) {
            places[id]?.entitled = part
        }
    }

    private mutating func open(_ workspace: String, in state: LedgerState) {
        guard places[workspace] == nil else { return }
        let share = state.shares[workspace]?.share
        places[workspace] = Place(
            weight: max(1, share?.weight ?? 1),
            minimum: share?.minSlots ?? 0,
            maximum: share?.maxSlots ?? 0,
            isPaused: share?.isPaused ?? false
        )
    }

    private mutating func count(
        _ workspace: String,
        _ holder: String,
        _ host: String,
        in state: LedgerState
    ) {
        open(workspace, in: state)
        places[workspace]?.running += 1
        places[workspace]?.hosts[host, default: 0] += 1
        hosts[host, default: 0] += 1
        holders[holder, default: 0] += 1
    }

    /// Counts a slot that was just given away.
    mutating func add(_ key: Waiter.Key, host: String) {
        places[key.workspace]?.running += 1
        places[key.workspace]?.hosts[host, default: 0] += 1
        hosts[host, default: 0] += 1
        holders[key.holder, default: 0] += 1
    }

    // MARK: - Who is next

    /// The waiter that gets the next free slot, and for which of its jobs; nil where nobody may.
    func next(in state: LedgerState) -> (waiter: Waiter, candidate: Int)? {
        var best: (Waiter, Int)?
        for waiter in state.waiters.values {
            guard mayRun(waiter, in: state), let candidate = candidate(of: waiter, in: state) else {
                continue
            }
            guard let leader = best else {
                best = (waiter, candidate)
                continue
            }
            if comesBefore(waiter, leader.0) { best = (waiter, candidate) }
        }
        return best
    }

    /// Whether nothing but a host or the budget keeps a waiter from a slot.
    func mayRun(_ waiter: Waiter, in state: LedgerState) -> Bool {
        guard let place = places[waiter.key.workspace], !place.isPaused else { return false }
        if place.maximum > 0, place.running >= place.maximum { return false }
        let capacity = state.holders[waiter.key.holder]?.capacity ?? 0
        return holders[waiter.key.holder, default: 0] < capacity
    }

    private func candidate(of waiter: Waiter, in state: LedgerState) -> Int? {
        waiter.candidates.firstIndex { candidate in
            !state.isClosed(candidate.origin, now: now) && !isFull(candidate.host, in: state)
        }
    }

    /// Whether a host has all the transfers that it may have.
    func isFull(_ host: String, in state: LedgerState) -> Bool {
        state.limits.perHost > 0 && hosts[host, default: 0] >= state.limits.perHost
    }

    private func comesBefore(_ one: Waiter, _ other: Waiter) -> Bool {
        guard one.key.workspace != other.key.workspace else {
            return (one.sortKey, one.serial) < (other.sortKey, other.serial)
        }
        guard let left = places[one.key.workspace], let right = places[other.key.workspace] else {
            return one.serial < other.serial
        }
        if left.rank != right.rank { return left.rank < right.rank }
        if left.rank == .beyond {
            // Nobody is owed anything: whoever would have the smaller part afterwards.
            let mine = (left.running + 1) * right.weight
            let theirs = (right.running + 1) * left.weight
            if mine != theirs { return mine < theirs }
        }
        if left.served != right.served { return left.served < right.served }
        return (one.since, one.serial) < (other.since, other.serial)
    }
}

extension Standing.Place {
    /// How urgently a workspace is owed a slot.
    enum Rank: Int, Comparable {
        case belowMinimum
        case owedWhole
        case owedFraction
        case beyond

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    /// Its rank with the slots that it has now.
    var rank: Rank {
        if running < minimum { return .belowMinimum }
        let owed = entitled - Double(running)
        if owed >= 1 - 1e-6 { return .owedWhole }
        return owed > 1e-6 ? .owedFraction : .beyond
    }
}
