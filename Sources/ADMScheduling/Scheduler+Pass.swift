import ADMCatalog
import ADMModel
import ADMSystem
import ADMTransfer
import Foundation

/// How the actions of the ``Schedule`` are carried out.
extension Scheduler {
    // MARK: - What leads to a pass

    /// Begins a pass at each signal, and runs what the pass starts.
    func dispatch(_ stream: AsyncStream<Void>) async {
        await withDiscardingTaskGroup { group in
            for await _ in stream {
                guard !schedule.isStopping else { break }
                for (claim, item) in await report(.passBegan) {
                    group.addTask { await self.execute(claim, item) }
                }
            }
        }
    }

    /// News from other processes.
    func listen() async {
        for await _ in await configuration.budget.news() { tell(.passRequested) }
    }

    /// The safety net under the news, and the clock for jobs whose time comes.
    func tick() async {
        while !Task.isCancelled {
            var pause = Duration.milliseconds(.random(in: 350...650))
            if schedule.isBusy, let due = housekeeping.nextDue {
                pause = min(pause, max(.milliseconds(1), ContinuousClock.now.duration(to: due)))
            }
            try? await Task.sleep(for: pause)
            if schedule.isBusy { tell(.passRequested) }
        }
    }

    // MARK: - Events and actions

    /// Tells the schedule of an event whose actions nobody needs to wait for.
    func tell(_ event: Schedule.Event) {
        for action in schedule.handle(event, at: BootClock.now) { carryOut(action) }
    }

    /// Tells the schedule of an event, and takes every step that follows from it.
    ///
    /// - Returns: The jobs that are to be run.
    @discardableResult
    func report(_ event: Schedule.Event) async -> [(Claim, RunningJob)] {
        var claims: [Int64: Claim] = [:]
        var begun: [(Claim, RunningJob)] = []
        var actions = ArraySlice(schedule.handle(event, at: BootClock.now))
        while let action = actions.popFirst() {
            if case .start(let number, let lease) = action {
                guard let claim = claims[number] else { continue }
                begun.append((claim, begin(claim, lease)))
                continue
            }
            do {
                guard let answer = try await step(action, &claims) else { continue }
                actions += schedule.handle(answer, at: BootClock.now)
            } catch {
                let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
                actions += schedule.handle(.failed(failure), at: BootClock.now)
            }
        }
        return begun
    }

    /// Carries out one action; the answer is nil if the schedule waits for none.
    private func step(
        _ action: Schedule.Action,
        _ claims: inout [Int64: Claim]
    ) async throws -> Schedule.Event? {
        let budget = configuration.budget
        configuration.logger.note(action)
        switch action {
        case .refreshQueue(let takesOver):
            try await refreshQueue(takesOver: takesOver)
            return .queueRefreshed
        case .findSuspects:
            return .suspectsFound(
                try await configuration.catalog.queue.suspects(for: budget.holder.id)
            )
        case .enter(.alone): return .entered(budget.solitude.takeAlone())
        case .enter(.together): return .entered(budget.solitude.mayClaim())
        case .askLedger(let demand):
            let decision = try await budget.update(member, demand: demand)
            configuration.logger.note(decision)
            return .decided(decision)
        case .findJobs(let search): return try await findJobs(search)
        case .claim(let request):
            let taken = try await claim(request)
            await waitForEnds(of: taken)
            return .claimed(note(taken, in: &claims))
        case .claimAlone(let number):
            let taken = try await configuration.catalog.queue.claimAlone(
                number: number,
                owner: budget.holder.id
            )
            await configuration.publish(taken.events)
            return .claimed(note(taken.claims, in: &claims))
        case .checkDrained: return .drained(await isDrained())
        case .tellLedger:
            try await budget.tell()
            return .told
        // What cannot be written now is told with the end of the process's part.
        case .hurryLedger: try? await budget.tell()
        case .assign(let lease, let job, let connections):
            allowances[job] = await budget.reuse(lease, job: job, wanted: connections)
        case .want(let count, let lease):
            closeSurplus(of: lease.host)
            await budget.want(count, in: lease)
        case .giveBack(let lease, let coolDown):
            closeSurplus(of: lease.host)
            await budget.giveBack(lease, coolDown: coolDown)
        case .noteAnswer(let origin): await budget.noteAnswer(of: origin)
        default: carryOut(action)
        }
        return nil
    }

    /// Closes connections to a host that rest and are more than the slots for it may have, before others may
    /// have these.
    private func closeSurplus(of host: String) {
        sessions.closeResting(host, beyond: schedule.slots.connections(of: host))
    }

    /// Carries out an action for which nobody waits.
    private func carryOut(_ action: Schedule.Action) {
        configuration.logger.note(ending: action)
        switch action {
        case .wake: signals.yield()
        case .finish: signals.finish()
        case .stop(let job, let reason?): running[job]?.stop.send(reason)
        case .stop(let job, nil): running[job]?.stop.sendAtEnd()
        case .entering(let count): configuration.budget.solitude.begun(count)
        case .leave: configuration.budget.solitude.ended()
        case .liftSolitude: configuration.budget.solitude.lift()
        case .noticeCoolDowns(let origins):
            notices.note(origins, in: schedule.decision.coolDowns)
        case .settleWaiting(let failure):
            for item in foreground.values where running[item.job.number] == nil {
                settle(.paused(item.job, failure))
            }
        case .endDrain(let failure):
            drained?.yield(failure)
            drained?.finish()
        default: break
        }
    }

    private func note(_ taken: [Claim], in claims: inout [Int64: Claim]) -> [Int64] {
        for claim in taken {
            claims[claim.number] = claim
            configuration.logger.note(claim)
        }
        return taken.map(\.number)
    }

    // MARK: - The queue

    private func refreshQueue(takesOver: Bool) async throws {
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        if takesOver { try await takeOver() }
        housekeeping.nextDue = nil
        if housekeeping.clock.mayHaveGoneBack() { try await catalog.queue.mendRetries() }
        let due = try await catalog.queue.promote()
        housekeeping.nextDue = due.map {
            .now.advanced(by: Duration(saturatingSeconds: $0.timeIntervalSinceNow))
        }
        if !running.isEmpty {
            tell(.intentsSeen(try await catalog.recorder.intents(for: owner)))
            noticeOwnRates(try await catalog.recorder.ownRates(for: owner))
            if let suspect = schedule.suspect, try await catalog.queue.isCleared(number: suspect) {
                tell(.suspectCleared)
            }
        }
        try await settleJobsEndedElsewhere()
    }

    /// Takes over the jobs of processes that died.
    private func takeOver() async throws {
        if let last = housekeeping.recoveredAt, last.duration(to: .now) < .seconds(1) { return }
        housekeeping.recoveredAt = .now
        let taken = try await DeadOwners.takeOver(
            configuration.catalog,
            owner: configuration.budget.holder.id
        )
        await configuration.publish(taken.events)
        configuration.logger.note(takenOver: taken.events)
        for job in taken.finished {
            settle(try await JobOutcome.recorded(job.id, in: configuration.catalog.list))
        }
        for number in housekeeping.unsettled where running[number] == nil {
            try await finish(number)
        }
    }

    /// Finishes a job whose run recorded the final name of its file and could not see the move through.
    private func finish(_ number: Int64) async throws {
        let taken = try await DeadOwners.finish(
            number,
            configuration.catalog,
            owner: configuration.budget.holder.id,
            includingOwn: true
        )
        await configuration.publish(taken.events)
        if taken.job?.state != .finalizing { housekeeping.unsettled.remove(number) }
    }

    /// Whether nothing is left that could be run; what a process that died a moment ago left is work too.
    private func isDrained() async -> Bool {
        housekeeping.recoveredAt = nil
        try? await takeOver()
        guard let isDrained = try? await configuration.catalog.queue.isDrained() else {
            return false
        }
        return isDrained || configuration.member().share.isPaused
    }

    // MARK: - Claims

    /// Finds the jobs that could begin.
    ///
    /// A job that is being added has its row before it is known here with its header fields; until
    /// then it does not begin.
    private func findJobs(_ search: Schedule.Search) async throws -> Schedule.Event {
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        var own = QueueHead()
        var queue = QueueHead()
        if let known = search.foreground {
            own = try await catalog.queue.head(
                of: .foreground,
                owner: owner,
                busy: search.busy,
                closed: search.closed,
                among: known
            )
        }
        if search.includesQueue {
            queue = try await catalog.queue.head(
                of: .workspace,
                owner: owner,
                busy: search.busy,
                closed: search.closed
            )
        }
        return .jobsFound(foreground: own, queue: queue)
    }

    /// Claims the next jobs of a host: first those that somebody here waits for.
    private func claim(_ request: Schedule.ClaimRequest) async throws -> [Claim] {
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        var claims: [Claim] = []
        if !request.foreground.isEmpty {
            let taken = try await catalog.queue.claimForeground(
                count: request.count,
                host: request.host,
                closed: request.closed,
                owner: owner,
                among: request.foreground
            )
            await configuration.publish(taken.events)
            claims = taken.claims
        }
        let more = min(request.count - claims.count, request.fromQueue)
        guard more > 0 else { return claims }
        do {
            let taken = try await catalog.queue.claimNext(
                count: more,
                host: request.host,
                closed: request.closed,
                owner: owner
            )
            await configuration.publish(taken.events)
            claims += taken.claims
        } catch { if claims.isEmpty { throw error } }
        return claims
    }
}
