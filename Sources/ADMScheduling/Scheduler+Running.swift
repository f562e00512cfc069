import ADMCatalog
import ADMModel
import ADMSystem
import ADMTransfer
import Foundation
import Logging

/// How a job that has a slot runs, and how fast.
extension Scheduler {
    // MARK: - One run

    /// Makes ready what steers and shows the run of a job.
    func begin(_ claim: Claim, _ lease: Lease) -> RunningJob {
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
            facts: RunningJob.Facts(
                job: claim.job,
                host: lease.host,
                monitor: monitor,
                stop: StopRequest(atEnd: isForeground ? .interruption : .shutdown),
                settings: settings,
                isForeground: isForeground,
                allowance: allowances.removeValue(forKey: claim.number)
                    ?? ConnectionAllowance(lease.connections)
            ),
            limits: JobLimits(
                own: (try? settings.get().limitRate) ?? .unlimited,
                flow: pacing.flow(to: lease.host)
            ),
            ownRate: claim.job.request.settings.limitRate
        )
        running[claim.number] = item
        return item
    }

    /// Runs a job to its end, and tells everybody how it ended.
    func execute(_ claim: Claim, _ item: RunningJob) async {
        let fields =
            foreground[claim.job.id]?.fields
            ?? HeaderField.merged(configuration.fields, own: claim.job.request.headers)
        var coolDown: Budget.CoolDown?
        var needsPass = true
        do {
            switch try await run(claim, item, fields: fields) {
            case .ended(let outcome):
                if case .succeeded = outcome { needsPass = false }
                if case .failed(let job, let failure) = outcome {
                    coolDown = .init(failure)
                    if job.state == .finalizing { housekeeping.unsettled.insert(job.number) }
                }
                settle(outcome)
            case .requeued: break
            case .retrying(let job, let due, let failure):
                coolDown = .init(failure)
                configuration.logger.debug(
                    "job waits for its next attempt",
                    metadata: [
                        "job": "\(job.number)", "until": "\(due)",
                        "reason": "\(failure.message)",
                    ]
                )
                rest(job, until: due, item.monitor)
                if let coolDown { notices.note(coolDown, until: due) }
            }
        } catch {
            let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
            // A row that could not be written on the way out is taken back by the next process.
            if failure.code != .interrupted { await record(failure, of: claim) }
            settle(Task.isCancelled ? .paused(claim.job, nil) : .failed(claim.job, failure))
        }
        running[claim.number] = nil
        await report(.ended(claim.number, coolDown: coolDown, needsPass: needsPass))
    }

    /// Records that a job could not even be run, or that its end could not be recorded before, so
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
        let lease = schedule.slots.lease(of: claim.number)
        if schedule.decision.isRateLimited { await shareRates() }
        let finishing = schedule.finishing
        let runner = JobRunner(
            RunResources(
                catalog: configuration.catalog,
                sessions: sessions,
                settings: try item.settings.get(),
                isForeground: item.isForeground,
                fields: fields,
                credentials: configuration.credentials,
                limits: item.limits,
                allowance: item.allowance,
                companions: running.count { number, other in
                    other.host == item.host && !finishing.contains(number)
                },
                groupSync: groupSync,
                finishLine: finishLine,
                news: { await self.take($0, of: claim.number, lease) },
                stopReason: { item.stop.reason },
                monitor: item.monitor,
                publish: configuration.publish
            )
        )
        // Whichever ends first, the run or the request to stop it, ends the other.
        return try await withThrowingTaskGroup(of: AttemptResult.self) { group in
            group.addTask {
                defer { item.stop.runEnded() }
                return try await runner.run(claim)
            }
            await item.stop.wait()
            group.cancelAll()
            return try await group.next() ?? .requeued(claim.job)
        }
    }

    /// Takes what a run tells of itself.
    private func take(_ news: AttemptNews, of number: Int64, _ lease: Lease?) async {
        switch news {
        case .bytesArrived: tell(.bytesArrived(number))
        case .cannotResume: if let lease { await configuration.budget.keep(lease) }
        case .answered(let origin, let connections):
            await report(
                .answered(origin.description, job: number, connections: connections)
            )
        }
    }

    // MARK: - Jobs that others end

    /// Ends the waiting for jobs that somebody else paused, cancelled or removed.
    func settleJobsEndedElsewhere() async throws {
        let waiting = foreground.filter { isWaiting($0, $1) }
        guard !waiting.isEmpty else { return }
        let states = try await configuration.catalog.queue.states(
            of: waiting.values.map(\.job.number)
        )
        for (id, item) in waiting where !Scheduler.isToCome(states[item.job.number]) {
            let job: Job?
            do { job = try await configuration.catalog.list.job(id: id) } catch {
                // It cannot be read, which is no business of the others.
                guard error.code == .databaseDamaged else { throw error }
                try? await leaveForeground(item.job)
                settle(.failed(item.job, error))
                continue
            }
            // It may have begun or ended in the meantime.
            guard isWaiting(id, item), !Scheduler.isToCome(job?.state) else { continue }
            // From now on the queue may have it.
            try await leaveForeground(item.job)
            // Somebody here may have resumed it in the meantime.
            guard isWaiting(id, item),
                !Scheduler.isToCome(try await configuration.catalog.list.job(id: id)?.state)
            else { continue }
            switch job?.state {
            case .paused:
                let failure = Failure(
                    .unfinished,
                    "job \(item.job.number) was paused by somebody else",
                    hint: "adm resume \(item.job.number) continues it"
                )
                settle(.paused(job ?? item.job, job?.failure ?? failure))
            case .none: settle(.cancelled(item.job))
            default: settle(try await JobOutcome.recorded(id, in: configuration.catalog.list))
            }
        }
    }

    private func leaveForeground(_ job: Job) async throws {
        try await configuration.catalog.queue.leaveForeground(
            number: job.number,
            owner: configuration.budget.holder.id
        )
    }

    private func isWaiting(_ id: JobID, _ item: ForegroundJob) -> Bool {
        foreground[id] != nil && running[item.job.number] == nil
    }

    /// Whether a job in this state is still under way or waits for its turn.
    private static func isToCome(_ state: JobState?) -> Bool {
        state.map { !$0.isFinal && $0 != .paused } ?? false
    }

    // MARK: - Speed

    /// Shares out the bytes a second as long as there is a limit.
    func pace() async {
        while !Task.isCancelled {
            // A job that begins takes its part by itself.
            try? await Task.sleep(for: running.isEmpty ? Pacing.exchange : Pacing.step)
            for item in running.values { item.limits.refresh() }
            guard schedule.decision.isRateLimited || pacing.isActive else { continue }
            await shareRates()
        }
    }

    /// Looks at what each transfer used, and gives each its part again.
    private func shareRates() async {
        if let flows = pacing.observe(runners) {
            // If the ledger cannot be used now, the parts of before stay.
            guard let parts = try? await configuration.budget.share(flows, of: member) else {
                return
            }
            pacing.take(parts)
        }
        pacing.apply(to: runners)
    }

    private var runners: [Pacing.Runner] {
        let finishing = schedule.finishing
        return running.values.map { item in
            Pacing.Runner(
                number: item.job.number,
                host: item.host,
                priority: item.job.request.priority,
                limits: item.limits,
                isTransferring: !finishing.contains(item.job.number)
            )
        }
    }

    /// Takes the limits that somebody gave to running jobs.
    func noticeOwnRates(_ rates: [Int64: Rate]) {
        for (number, own) in rates {
            guard let item = running[number], item.ownRate != own else { continue }
            running[number]?.ownRate = own
            var request = item.job.request
            request.settings.limitRate = own
            // Who wrote it checked it; what cannot be read any more changes nothing.
            guard let rate = try? configuration.settings(request).limitRate else { continue }
            running[number]?.limits.rate = rate
            running[number]?.limits.refresh()
        }
    }

    /// Waits until an earlier run here of jobs that were claimed again is noted as ended, so that its slot is not
    /// lost: its row was free before that.
    func waitForEnds(of claims: [Claim]) async {
        for claim in claims {
            while schedule.jobs.contains(claim.number) { await Task.yield() }
        }
    }
}

extension Job {
    /// The file name, or what the URL suggests while it is not known.
    fileprivate var displayName: String {
        if let name = fileName ?? request.fileName { return name }
        let last = request.url.lastSegment
        guard !last.isEmpty else { return request.url.origin.host }
        return last.utf8.contains(0x25) ? last.removingPercentEncoding ?? last : last
    }
}
