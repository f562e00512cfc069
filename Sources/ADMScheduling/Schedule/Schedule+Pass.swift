import ADMCatalog
import ADMModel

/// The steps of a pass: refresh the queue, try a suspect alone, else use slots that are free, ask the
/// ledger for more, and claim a job for each.
extension Schedule {
    /// Takes the answer to the last step of a pass, and says what the next one is.
    mutating func step(_ event: Event, at now: Int64) -> [Action] {
        if case .passBegan = event { return beginPass() }
        guard let stage = pass?.stage else { return [] }
        switch (stage, event) {
        case (.refreshing, .queueRefreshed): return findSuspects()
        case (.findingSuspects, .suspectsFound(let suspects)): return choose(suspects, at: now)
        case (.enteringAlone(let suspect), .entered(let isAlone)):
            return isAlone ? askAlone(suspect) : enter()
        case (.askingAlone(let suspect), .decided(let decision)):
            return decidedAlone(decision, suspect)
        case (.claimingAlone(let lease), .claimed(let jobs)):
            return claimedAlone(jobs.first, lease)
        case (.entering, .entered(let mayClaim)): return mayClaim ? useFreed(at: now) : tell()
        case (.telling, .told):
            slots.told()
            return endPass()
        case (.finding, .jobsFound(let own, let queue)): return ask(own, queue, at: now)
        case (.asking(let demand), .decided(let decision)):
            return decided(decision, for: demand, at: now)
        case (.claiming(let group), .claimed(let jobs)): return claimed(jobs, for: group, at: now)
        case (.checkingDrained, .drained(let isDrained)): return drained(isDrained)
        case (_, .failed(let failure)): return failed(failure, in: stage, at: now)
        default: return []
        }
    }

    private mutating func beginPass() -> [Action] {
        guard pass == nil, !isStopping else { return [] }
        pass = Pass(asks: need > .slots)
        let isRefreshDue = need == .queue
        need = .slots
        return isRefreshDue ? [.refreshQueue(takesOver: drain != nil)] : findSuspects()
    }

    private mutating func go(to stage: Pass.Stage, _ actions: [Action]) -> [Action] {
        pass?.stage = stage
        return actions
    }

    // MARK: - A suspect alone

    private var mayPull: Bool { drain.map { $0.left ?? 1 > 0 } ?? false }

    /// Looks for a suspect, if this process runs nothing.
    private mutating func findSuspects() -> [Action] {
        guard jobs.isEmpty, !isStopping, mayPull || !foreground.isEmpty else { return enter() }
        return go(to: .findingSuspects, [.findSuspects])
    }

    /// Chooses the most urgent suspect whose host takes something; if all are busy, the ledger is asked again.
    private mutating func choose(_ suspects: [Suspect], at now: Int64) -> [Action] {
        let closed = decision.closed(at: now)
        let able = suspects.filter { suspect in
            (suspect.isForeground ? foreground.contains(suspect.number) : mayPull)
                && !closed.contains(suspect.origin)
        }
        let free = able.first { !decision.busyHosts.contains($0.host) }
        guard let suspect = free ?? able.first else { return enter() }
        return go(to: .enteringAlone(suspect), [.enter(.alone)])
    }

    /// Asks for a slot for the suspect; slots of jobs that have just ended would be in its way.
    private mutating func askAlone(_ suspect: Suspect) -> [Action] {
        var demand = QueueHead()
        demand.entries = [
            .init(
                number: suspect.number,
                host: suspect.host,
                origin: suspect.origin,
                connections: connections(for: suspect.host)
            )
        ]
        demand.sortKey = suspect.sortKey
        demand.count = 1
        return go(to: .askingAlone(suspect), giveBackFreed() + [.askLedger(demand)])
    }

    private mutating func decidedAlone(_ decision: SlotDecision, _ suspect: Suspect) -> [Action] {
        take(decision)
        pass?.asks = true
        let lease = decision.granted.first { $0.host == suspect.host }
        let others = decision.granted.filter { $0.serial != lease?.serial }.map { giveBack($0) }
        guard let lease else { return others + [.leave] + enter() }
        return go(to: .claimingAlone(lease), others + [.claimAlone(suspect.number)])
    }

    private mutating func claimedAlone(_ job: Int64?, _ lease: Lease) -> [Action] {
        guard let job else { return [giveBack(lease), .leave] + enter() }
        pass?.begun = [(job, lease)]
        need = max(need, .ledger)
        return [assign(lease, to: job, alone: true)] + start()
    }

    // MARK: - Slots that are free

    private mutating func enter() -> [Action] { go(to: .entering, [.enter(.together)]) }

    /// Gives back the slots that are free, while a suspect of another workspace runs alone.
    private mutating func tell() -> [Action] {
        if pass?.asks == true { need = max(need, .ledger) }
        let returned = giveBackFreed()
        guard !returned.isEmpty else { return endPass() }
        return go(to: .telling, returned + [.tellLedger])
    }

    /// Uses slots whose transfers ended for the next jobs of their hosts, as long as the ledger was
    /// asked a moment ago; gives the others back.
    private mutating func useFreed(at now: Int64) -> [Action] {
        let isFresh = now - askedAt < Schedule.keepsSlots
        let freed = slots.freed
        let kept = freed.filter { lease, coolDown in
            isFresh && coolDown == nil && !decision.hasRivals && !decision.isGrowing
                && !decision.preempted.contains(lease.serial)
        }
        .map(\.lease)
        let serials = Set(kept.map(\.serial))
        let returned = freed.filter { !serials.contains($0.lease.serial) }
            .map { giveBack($0.lease, coolDown: $0.coolDown) }
        if !returned.isEmpty { pass?.asks = true }
        let closed = decision.closed(at: now)
        pass?.groups = Pass.groups(of: kept) { _ in closed }
        return returned + claimNext(at: now)
    }

    // MARK: - Claiming

    /// Claims jobs for the slots of the next host, if there is one.
    private mutating func claimNext(at now: Int64) -> [Action] {
        guard let group = pass?.groups.first else { return allClaimed(at: now) }
        pass?.groups.removeFirst()
        let request = ClaimRequest(
            host: group.host,
            count: group.leases.count,
            closed: group.closed,
            foreground: foreground,
            fromQueue: drain.map { max(0, $0.left ?? .max) } ?? 0
        )
        return go(to: .claiming(group), [.claim(request)])
    }

    /// Jobs were claimed for slots; what is left of these is given back.
    private mutating func claimed(
        _ jobs: [Int64],
        for group: Pass.Group,
        at now: Int64
    ) -> [Action] {
        var actions: [Action] = []
        for (job, lease) in zip(jobs, group.leases) {
            actions.append(assign(lease, to: job))
            pass?.begun.append((job, lease))
        }
        let left = group.leases.dropFirst(jobs.count)
        actions += left.map { giveBack($0) }
        if !left.isEmpty { pass?.asks = true }
        return actions + claimNext(at: now)
    }

    /// No slot is left without a job: asks the ledger for more if that is due.
    private mutating func allClaimed(at now: Int64) -> [Action] {
        guard let pass, pass.failure == nil, !isStopping else { return start() }
        guard pass.isGranted || pass.asks || now - askedAt > Schedule.keepsSlots else {
            return start()
        }
        return find(at: now)
    }

    // MARK: - Asking the ledger

    /// How many more slots may be used.
    private var room: Int {
        let room = limit - slots.held.count
        guard let left = drain?.left, foreground.isEmpty else { return room }
        return min(room, left)
    }

    private mutating func find(at now: Int64) -> [Action] {
        let waits = waitingCount > 0
        guard room > 0, waits || mayPull else { return ask(QueueHead(), QueueHead(), at: now) }
        let search = Search(
            foreground: waits ? foreground : nil,
            includesQueue: mayPull,
            busy: decision.busyHosts,
            closed: decision.closed(at: now)
        )
        return go(to: .finding, [.findJobs(search)])
    }

    /// Asks the ledger for slots for the jobs that could begin, unless nothing is to be asked or told.
    private mutating func ask(
        _ own: QueueHead,
        _ queue: QueueHead,
        at now: Int64
    ) -> [Action] {
        var head = own
        if head.entries.isEmpty { head.sortKey = queue.sortKey }
        let known = Set(head.entries.map(\.origin))
        head.entries += queue.entries.filter { !known.contains($0.origin) }
        head.count = min(own.count + queue.count, room)
        for index in head.entries.indices {
            head.entries[index].connections = connections(for: head.entries[index].host)
        }
        let demand = head.count > 0 ? head : nil
        let hasNews = slots.hasOwed || hasAnswers
        guard demand != nil || decision.isWaiting || hasNews || !jobs.isEmpty else {
            askedAt = now
            return start()
        }
        return go(to: .asking(demand), [.askLedger(demand)])
    }

    private mutating func decided(
        _ decision: SlotDecision,
        for demand: QueueHead?,
        at now: Int64
    ) -> [Action] {
        take(decision)
        askedAt = now
        pass?.asks = false
        pass?.isGranted = !decision.granted.isEmpty
        let closed = decision.closed(at: now)
        // Another question may have been open when the last slot of the limit was taken.
        let usable = Array(decision.granted.dropLast(max(0, slots.held.count - limit)))
        pass?.groups = Pass.groups(of: usable) { closed.subtracting($0.map(\.origin)) }
        var actions = slots.jobs(in: decision.preempted).map { Action.stop($0, .yield) }
        actions += decision.granted.dropFirst(usable.count).map { giveBack($0) }
        if let demand, !decision.coolDowns.isEmpty {
            actions.append(.noticeCoolDowns(Set(demand.entries.map(\.origin)).sorted()))
        }
        return actions + claimNext(at: now)
    }

    // MARK: - The end of a pass

    /// Starts what was claimed, whatever happened to the next one; reports a failure if nothing was.
    private mutating func start() -> [Action] {
        guard let pass else { return [] }
        var actions: [Action] = []
        if case .claimingAlone = pass.stage {} else { actions.append(.entering(pass.begun.count)) }
        actions += pass.begun.map { .start($0.job, $0.lease) }
        if isStopping { actions += pass.begun.map { .stop($0.job, nil) } }
        if let failure = pass.failure {
            need = max(need, .ledger)
            if pass.begun.isEmpty { return actions + report(failure) }
        }
        return actions + finishDrain()
    }

    /// Ends the draining when nothing is left, or as many jobs began as were asked for.
    private mutating func finishDrain() -> [Action] {
        guard let drain, jobs.isEmpty else { return endPass() }
        if let left = drain.left, left <= 0 { return endPass() + [.endDrain(nil)] }
        guard drain.untilEmpty else { return endPass() }
        return go(to: .checkingDrained, [.checkDrained])
    }

    private mutating func drained(_ isDrained: Bool) -> [Action] {
        endPass() + (isDrained && jobs.isEmpty ? [.endDrain(nil)] : [])
    }

    /// Nothing is under way any longer.
    mutating func endPass() -> [Action] {
        pass = nil
        return []
    }

    // MARK: - Failures

    private mutating func failed(
        _ failure: Failure,
        in stage: Pass.Stage,
        at now: Int64
    ) -> [Action] {
        switch stage {
        case .askingAlone: return [.leave] + report(failure)
        case .claimingAlone(let lease): return [giveBack(lease), .leave] + report(failure)
        case .claiming(let group):
            if pass?.failure == nil { pass?.failure = failure }
            return claimed([], for: group, at: now)
        case .finding, .asking:
            pass?.failure = failure
            return start()
        case .checkingDrained: return endPass()
        case .refreshing, .findingSuspects, .enteringAlone, .entering, .telling:
            return report(failure)
        }
    }

    /// The database or the ledger cannot be used: nothing begins until it can.
    private mutating func report(_ failure: Failure) -> [Action] {
        if pass?.asks == true { need = max(need, .ledger) }
        return endPass() + [.settleWaiting(failure)] + (jobs.isEmpty ? [.endDrain(failure)] : [])
    }
}
