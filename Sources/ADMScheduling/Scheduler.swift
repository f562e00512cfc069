package import ADMCatalog
import ADMDisk
package import ADMModel
import ADMSystem
import ADMTransfer
import Foundation

/// Runs jobs of one workspace under the budget: those that somebody here waits for, and, where it was
/// asked to drain the queue, every job that is ready.
///
/// Exists only inside ``run(_:body:)``: when the body returns or throws, running jobs are stopped
/// after a checkpoint. It keeps no queue of its own: what is next says the database, whether it may
/// begin says the ledger.
package actor Scheduler {
    /// What the scheduler works with.
    package struct Configuration: Sendable {
        /// The workspace's database.
        package var catalog: Catalog
        /// This process's part in the budget.
        package var budget: Budget
        /// Reads what the workspace is called and may have, when it is needed.
        package var member: @Sendable () -> Budget.Member
        /// How many jobs run at once.
        package var limit: Int
        /// The settings that count for a job.
        package var settings: @Sendable (JobRequest) throws(Failure) -> TransferSettings
        /// The header fields of every request.
        package var fields: [HeaderField]
        /// The credentials of the workspace.
        package var credentials: any CredentialSource
        /// Takes events after they were recorded.
        package var publish: @Sendable ([JobEvent]) async -> Void

        /// Collects what the scheduler works with.
        package init(
            catalog: Catalog,
            budget: Budget,
            member: @escaping @Sendable () -> Budget.Member,
            limit: Int,
            settings: @escaping @Sendable (JobRequest) throws(Failure) -> TransferSettings,
            fields: [HeaderField],
            credentials: any CredentialSource,
            publish: @escaping @Sendable ([JobEvent]) async -> Void
        ) {
            self.catalog = catalog
            self.budget = budget
            self.member = member
            self.limit = limit
            self.settings = settings
            self.fields = fields
            self.credentials = credentials
            self.publish = publish
        }
    }

    let configuration: Configuration
    let sessions: HTTPSessions
    let signals: AsyncStream<Void>.Continuation
    /// The jobs that somebody here waits for, with the header fields of this run.
    var foreground: [JobID: ForegroundJob] = [:]
    var running: [Int64: RunningJob] = [:]
    /// The jobs that wait for their next attempt, as they are shown.
    var resting: [JobID: TransferMonitor] = [:]
    var drain: Drain?
    var isStopping = false
    var member: Budget.Member?
    var housekeeping = Housekeeping()
    /// What the ledger said last.
    var decision = SlotDecision()
    var ledger = LedgerView()
    var pacing = Pacing()
    /// The suspect that runs alone here now.
    var onTrial: Int64?
    /// What was said about origins that want to be left alone.
    var notices = CoolDownNotices()
    /// What makes files durable, many at a time.
    let groupSync = GroupSync()
    private var ends = Outcomes()

    private init(
        _ configuration: Configuration,
        sessions: HTTPSessions,
        signals: AsyncStream<Void>.Continuation
    ) {
        self.configuration = configuration
        self.sessions = sessions
        self.signals = signals
    }

    /// Runs `body` beside the jobs.
    ///
    /// - Throws: What `body` throws.
    package static func run<Result: Sendable>(
        _ configuration: Configuration,
        body: sending (Scheduler) async throws -> Result
    ) async throws -> Result {
        try await HTTPSessions.run { sessions in
            let (stream, signals) = AsyncStream.makeStream(
                of: Void.self,
                bufferingPolicy: .bufferingNewest(1)
            )
            let scheduler = Scheduler(configuration, sessions: sessions, signals: signals)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await scheduler.dispatch(stream) }
                group.addTask { await scheduler.listen() }
                group.addTask { await scheduler.tick() }
                group.addTask { await scheduler.pace() }
                do {
                    let result = try await body(scheduler)
                    await scheduler.stopAll(isInterrupted: Task.isCancelled)
                    group.cancelAll()
                    try? await group.waitForAll()
                    try await scheduler.dismiss()
                    return result
                } catch {
                    await scheduler.stopAll(isInterrupted: true)
                    group.cancelAll()
                    try? await group.waitForAll()
                    try? await scheduler.dismiss()
                    throw error
                }
            }
        }
    }

    // MARK: - Jobs that somebody waits for

    /// Runs a job of the workspace when it is its turn; nobody else runs it meanwhile.
    ///
    /// - Throws: ``Failure`` with `authentication` where secret header fields that were not stored
    ///   are missing, `locked` where another process waits for it.
    package func start(_ job: Job, fields: [HeaderField]) async throws {
        try check(job, fields)
        guard foreground[job.id] == nil else { return }
        let owner = configuration.budget.holder.id
        guard try await configuration.catalog.queue.attend(number: job.number, by: owner) else {
            throw Failure(
                .locked,
                "another process waits for job \(job.number) already: \(job.request.url.redacted)",
                hint: "adm list shows how far it is"
            )
        }
        guard foreground[job.id] == nil else { return }
        enlist([(job, fields)])
    }

    /// Runs jobs that were just added with this process as the one that waits for them.
    package func start(added jobs: [(job: Job, fields: [HeaderField])]) throws {
        for (job, fields) in jobs { try check(job, fields) }
        enlist(jobs)
    }

    private func enlist(_ jobs: [(job: Job, fields: [HeaderField])]) {
        for (job, fields) in jobs {
            foreground[job.id] = ForegroundJob(job: job, fields: fields)
            ends.forget(job.id)
        }
        if !decision.isWaiting, transferring < configuration.limit { ledger.isDue = true }
        signals.yield()
    }

    private func check(_ job: Job, _ fields: [HeaderField]) throws(Failure) {
        let given = Set(fields.map { $0.name.lowercased() })
        let missing = job.withheldHeaders.filter { !given.contains($0.lowercased()) }
        guard missing.isEmpty else {
            throw Failure(
                .authentication,
                "job \(job.number) needs the header field \(missing.joined(separator: ", ")) again",
                hint: "secrets are not stored: adm resume \(job.number) --header @FILE"
            )
        }
    }

    /// Waits until a job that was started has ended.
    ///
    /// - Throws: `CancellationError` after cancellation of the waiting task, which changes nothing
    ///   about the job.
    package func outcome(of job: JobID) async throws -> JobOutcome {
        if let outcome = ends.outcome(of: job) { return outcome }
        guard foreground[job] != nil else { return try await recorded(job) }
        for await outcome in ends.wait(for: job) { return outcome }
        throw CancellationError()
    }

    /// The outcome of every job that ends from now on, in order.
    package func allEnds() -> AsyncStream<JobOutcome> { ends.listen() }

    /// Tells the outcome of a job that is finished already, as if it had just ended here.
    package func repeatOutcome(of job: Job) async throws { settle(try await recorded(job.id)) }

    /// Stops a job that runs here, or takes it out of the queue here where it waits.
    ///
    /// - Returns: Whether it ran; its end follows then.
    package func stop(_ job: JobID, because reason: StopReason) -> Bool {
        guard let item = running.values.first(where: { $0.job.id == job }) else { return false }
        item.stop.send(reason)
        return true
    }

    /// Whether the job waits for its turn or runs here.
    package func isActive(_ job: JobID) -> Bool {
        foreground[job] != nil || running.values.contains { $0.job.id == job }
    }

    /// The jobs that run, by identifier.
    package func activeJobs() -> [JobID: Job] {
        Dictionary(running.values.map { ($0.job.id, $0.job) }) { first, _ in first }
    }

    /// How far the running jobs are, in the order in which they were added.
    package func progress() -> [TransferProgress] {
        (running.values.map(\.monitor.progress) + resting.values.map(\.progress))
            .sorted { $0.job < $1.job }
    }

    /// How many jobs that somebody waits for wait for a slot.
    package var waitingCount: Int {
        max(
            0,
            foreground.count - resting.count - running.values.count { foreground[$0.job.id] != nil }
        )
    }

    // MARK: - Ends

    /// Tells everybody who waits how a job ended.
    func settle(_ outcome: JobOutcome) {
        foreground[outcome.job.id] = nil
        resting[outcome.job.id] = nil
        ends.add(outcome)
    }

    /// The outcome of a job that ended long ago or does not run here.
    func recorded(_ id: JobID) async throws -> JobOutcome {
        guard let job = try await configuration.catalog.list.job(id: id) else {
            throw Failure(.jobNotFound, "there is no job \(id) in this workspace")
        }
        switch job.state {
        case .succeeded:
            let completion = JobEvent.Completion(
                destinationPath: job.destination ?? job.directory,
                totalBytes: job.bytesTotal ?? job.bytesDone,
                elapsedSeconds: job.transferSeconds,
                averageSpeed: 0,
                verification: job.verification
            )
            return .succeeded(job, completion)
        case .failed:
            let failure = job.failure ?? Failure(.unclassified, "job \(job.number) failed")
            return .failed(job, failure)
        case .cancelled: return .cancelled(job)
        default: return .paused(job, job.failure)
        }
    }

    private func stopAll(isInterrupted: Bool) {
        isStopping = true
        housekeeping.wasInterrupted = isInterrupted
        for item in running.values { item.stop.sendAtEnd() }
        signals.finish()
    }

    private func dismiss() async throws {
        // Nobody dispatches any more; what servers asked for is told with the end of the process's part.
        for slot in ledger.freed {
            await configuration.budget.giveBack(slot.lease, coolDown: slot.coolDown)
        }
        ledger.freed = []
        try await configuration.catalog.queue.dismiss(
            owner: configuration.budget.holder.id,
            isInterrupted: housekeeping.wasInterrupted
        )
    }
}

extension Job {
    /// The file name, or what the URL suggests while it is not known.
    var displayName: String {
        let last = request.url.lastSegment
        return fileName ?? request.fileName
            ?? (last.isEmpty ? request.url.origin.host : last.removingPercentEncoding ?? last)
    }
}
