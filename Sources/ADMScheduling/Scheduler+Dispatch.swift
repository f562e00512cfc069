import ADMCatalog
import ADMModel
import ADMSystem
import ADMTransfer
import Foundation

/// How jobs come to run: look over the queue, ask for slots, claim, run, give the slot back.
extension Scheduler {
    // MARK: - What makes it look

    /// News from other processes.
    func listen() async {
        for await _ in await configuration.budget.news() { requestPass() }
    }

    /// The safety net under the news, and the clock for jobs whose time comes.
    func tick() async {
        while !Task.isCancelled {
            var pause = Duration.milliseconds(.random(in: 350...650))
            if isBusy, let due = housekeeping.nextDue {
                pause = min(pause, max(.milliseconds(1), ContinuousClock.now.duration(to: due)))
            }
            try? await Task.sleep(for: pause)
            if isBusy { requestPass() }
        }
    }

    private var isBusy: Bool { drain != nil || !foreground.isEmpty || !running.isEmpty }

    func requestPass() {
        housekeeping.isDue = true
        ledger.isDue = true
        signals.yield()
    }

    func dispatch(_ stream: AsyncStream<Void>) async {
        await withDiscardingTaskGroup { group in
            for await _ in stream {
                guard !isStopping else { break }
                do {
                    if housekeeping.isDue { try await refreshQueue() }
                    for (claim, lease) in try await nextClaims() {
                        let item = begin(claim, lease)
                        group.addTask { await self.execute(claim, item) }
                    }
                    await finishDrain()
                } catch {
                    await report(error as? Failure ?? Failure(.unclassified, "\(error)"))
                }
            }
        }
    }

    // MARK: - Looking over the queue

    private func refreshQueue() async throws {
        housekeeping.isDue = false
        let catalog = configuration.catalog
        let owner = configuration.budget.holder.id
        if drain != nil { try await recover() }
        housekeeping.nextDue = nil
        if housekeeping.clock.mayHaveGoneBack() { try await catalog.queue.mendRetries() }
        let due = try await catalog.queue.promote()
        housekeeping.nextDue = due.map {
            .now.advanced(by: Duration(saturatingSeconds: $0.timeIntervalSinceNow))
        }
        if !running.isEmpty {
            for (number, intent) in try await catalog.recorder.intents(for: owner) {
                running[number]?.stop.send(
                    intent == .cancel ? .cancel : intent == .pause ? .pause : .yield
                )
            }
            try await noticeOwnRates(catalog.recorder.ownRates(for: owner))
            try await clearTrial()
        }
        try await settleJobsEndedElsewhere()
    }

    /// Takes back the jobs of processes that died.
    func recover() async throws {
        if let last = housekeeping.recoveredAt, last.duration(to: .now) < .seconds(1) { return }
        housekeeping.recoveredAt = .now
        let taken = try await DeadOwners.takeOver(
            configuration.catalog,
            owner: configuration.budget.holder.id
        )
        await configuration.publish(taken.events)
        for job in taken.finished { settle(try await recorded(job.id)) }
    }

    private func isWaiting(_ id: JobID, _ item: ForegroundJob) -> Bool {
        foreground[id] != nil && running[item.job.number] == nil
    }

    /// Whether a job in this state is still under way or waits for its turn.
    private static func isToCome(_ state: JobState?) -> Bool {
        state.map { !$0.isFinal && $0 != .paused } ?? false
    }

    /// Ends the waiting for jobs that somebody else paused, cancelled or removed.
    private func settleJobsEndedElsewhere() async throws {
        let waiting = foreground.filter { isWaiting($0, $1) }
        guard !waiting.isEmpty else { return }
        let states = try await configuration.catalog.queue.states(of: waiting.values.map(\.job.number))
        for (id, item) in waiting where !Scheduler.isToCome(states[item.job.number]) {
            let job: Job?
            do { job = try await configuration.catalog.list.job(id: id) } catch {
                // It cannot be read, which is no business of the others.
                guard error.code == .databaseDamaged else { throw error }
                settle(.failed(item.job, error))
                continue
            }
            // It may have begun or ended meanwhile.
            guard isWaiting(id, item), !Scheduler.isToCome(job?.state) else { continue }
            switch job?.state {
            case .paused:
                let failure = Failure(
                    .unfinished,
                    "job \(item.job.number) was paused by somebody else",
                    hint: "adm resume \(item.job.number) goes on"
                )
                settle(.paused(job ?? item.job, job?.failure ?? failure))
            case .none: settle(.cancelled(item.job))
            default: settle(try await recorded(id))
            }
        }
    }

    // MARK: - Running

    private func begin(_ claim: Claim, _ lease: Lease) -> RunningJob {
        let monitor =
            resting.removeValue(forKey: claim.job.id)
            ?? TransferMonitor(job: claim.job.id, name: claim.job.displayName)
        monitor.update {
            $0.bytesDone = claim.job.bytesDone
            $0.bytesTotal = claim.job.bytesTotal
            $0.phase = .connecting
        }
        // Who drains a queue leaves it to the next one; what somebody watched has to be resumed.
        let isForeground = foreground[claim.job.id] != nil
        let settings = Result { () throws(Failure) in
            try configuration.settings(claim.job.request)
        }
        let item = RunningJob(
            job: claim.job,
            lease: lease,
            monitor: monitor,
            stop: StopRequest(atEnd: isForeground ? .interruption : .shutdown),
            settings: settings,
            isForeground: isForeground,
            limits: JobLimits(
                own: (try? settings.get().limitRate) ?? .unlimited,
                flow: flow(to: lease.host)
            ),
            ownRate: claim.job.request.settings.limitRate
        )
        running[claim.number] = item
        if isStopping { item.stop.sendAtEnd() }
        if !isForeground, let left = drain?.left { drain?.left = left - 1 }
        return item
    }

    private func execute(_ claim: Claim, _ item: RunningJob) async {
        let fields =
            foreground[claim.job.id]?.fields
            ?? HeaderField.merged(configuration.fields, own: claim.job.request.headers)
        var coolDown: Budget.CoolDown?
        var needsPass = true
        do {
            switch try await run(claim, item, fields: fields) {
            case .ended(let outcome):
                if case .succeeded = outcome { needsPass = false }
                if case .failed(_, let failure) = outcome { coolDown = .init(failure) }
                settle(outcome)
            case .requeued: break
            case .retrying(let job, let due, let failure):
                coolDown = .init(failure)
                rest(job, until: due, item.monitor)
                if let coolDown { notices.note(coolDown, until: due) }
            }
        } catch {
            let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
            await record(failure, of: claim)
            settle(Task.isCancelled ? .paused(claim.job, nil) : .failed(claim.job, failure))
        }
        let hasSlot = running[claim.number].map { !$0.isFinishing } ?? false
        running[claim.number] = nil
        if onTrial == claim.number { onTrial = nil }
        configuration.budget.solitude.ended()
        if hasSlot, !isStopping { free(item.lease, coolDown: coolDown) }
        // Without a dispatcher nobody hands it back; where the ledger cannot be written now, the slot
        // is free when the process ends.
        if hasSlot, isStopping {
            try? await configuration.budget.giveBackNow(item.lease, coolDown: coolDown)
        }
        if needsPass { requestPass() } else { signals.yield() }
    }

    private func free(_ lease: Lease, coolDown: Budget.CoolDown? = nil) {
        ledger.freed.append(FreedSlot(lease: lease, coolDown: coolDown))
        signals.yield()
    }

    /// How many files may be on their way to their final names beside those that are being fetched.
    private static let finishingLimit = 128

    /// Every byte of a job has arrived: the next one may have its slot.
    private func bytesAreWhole(_ number: Int64) {
        guard !isStopping, let item = running[number], !item.isFinishing,
            running.count - transferring < Scheduler.finishingLimit
        else { return }
        running[number]?.isFinishing = true
        free(item.lease)
    }

    /// Writes down that a job could not even be run, or that its end could not be written before, so
    /// that its row does not name this process as its owner for ever.
    private func record(_ failure: Failure, of claim: Claim) async {
        guard let job = try? await configuration.catalog.list.job(number: claim.number),
            job.state == .running,
            let events = try? await configuration.catalog.recorder.failed(claim, failure: failure)
        else { return }
        await configuration.publish(events)
    }

    /// Shows a job that somebody waits for while it waits for its next attempt.
    private func rest(_ job: Job, until due: Date, _ monitor: TransferMonitor) {
        guard foreground[job.id] != nil else { return }
        monitor.update {
            $0.phase = .waiting
            $0.etaSeconds = max(0, due.timeIntervalSinceNow)
            $0.connections = 0
            $0.currentSpeed = 0
        }
        resting[job.id] = monitor
    }

    private func run(
        _ claim: Claim,
        _ item: RunningJob,
        fields: [HeaderField]
    ) async throws -> AttemptResult {
        let budget = configuration.budget
        if decision.isRateLimited { await shareRates() }
        let runner = JobRunner(
            RunResources(
                catalog: configuration.catalog,
                sessions: sessions,
                settings: try item.settings.get(),
                isForeground: item.isForeground,
                fields: fields,
                credentials: configuration.credentials,
                limits: item.limits,
                companions: running.values.count {
                    !$0.isFinishing && $0.lease.host == item.lease.host
                },
                groupSync: groupSync,
                bytesAreWhole: { await self.bytesAreWhole(claim.number) },
                cannotResume: { await budget.keep(item.lease) },
                answered: { await self.answered($0) },
                stopReason: { item.stop.reason },
                monitor: item.monitor,
                publish: configuration.publish
            )
        )
        // Whichever ends first, the run or the request to stop it, ends the other.
        return try await withThrowingTaskGroup(of: AttemptResult?.self) { group in
            group.addTask { try await runner.run(claim) }
            group.addTask {
                for await _ in item.stop.requests { break }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
                group.cancelAll()
            }
            return .requeued(claim.job)
        }
    }
}
