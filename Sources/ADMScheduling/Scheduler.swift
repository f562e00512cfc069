package import ADMCatalog
import ADMDisk
package import ADMModel
import ADMSystem
import ADMTransfer
import Foundation
package import Logging

/// Runs jobs of one workspace under the budget: those that somebody here waits for, and, if it was asked
/// to drain the queue, every job that is ready.
///
/// Exists only inside ``run(_:body:)``: when the body returns or throws, running jobs are stopped
/// after a checkpoint. A ``Schedule`` decides what is to be done; this actor tells it what happened and
/// carries out what it answers.
package actor Scheduler {
    /// What the scheduler works with.
    package struct Configuration: Sendable {
        /// The workspace's database.
        package var catalog: Catalog
        /// This process's part in the budget.
        package var budget: Budget
        /// Reads what the workspace is called and may have, when it is needed.
        package var member: @Sendable () -> Budget.Member
        /// How many jobs of this workspace run at once in this process.
        package var limit: Int
        /// How many connections a file of which nothing is known may turn out to need.
        package var connections: Int
        /// The settings that count for a job.
        package var settings: @Sendable (JobRequest) throws(Failure) -> TransferSettings
        /// The header fields of every request.
        package var fields: [HeaderField]
        /// The credentials of the workspace.
        package var credentials: any CredentialSource
        /// Takes events after they were recorded.
        package var publish: @Sendable ([JobEvent]) async -> Void
        /// What takes note of what is done.
        package var logger: Logger

        /// Collects what the scheduler works with.
        package init(
            catalog: Catalog,
            budget: Budget,
            member: @escaping @Sendable () -> Budget.Member,
            limit: Int,
            connections: Int = 1,
            settings: @escaping @Sendable (JobRequest) throws(Failure) -> TransferSettings,
            fields: [HeaderField],
            credentials: any CredentialSource,
            publish: @escaping @Sendable ([JobEvent]) async -> Void,
            logger: Logger = .silent
        ) {
            self.catalog = catalog
            self.budget = budget
            self.member = member
            self.limit = limit
            self.connections = connections
            self.settings = settings
            self.fields = fields
            self.credentials = credentials
            self.publish = publish
            self.logger = logger
        }
    }

    let configuration: Configuration
    let sessions: HTTPSessions
    /// What makes files durable, many at a time.
    let groupSync = GroupSync()
    /// What gives whole files their final names, many at a time.
    let finishLine: FinishLine
    let signals: AsyncStream<Void>.Continuation
    var schedule: Schedule {
        didSet { finishLine.transferring.set(schedule.slots.transferring) }
    }
    /// The jobs that somebody here waits for, with the header fields of this run.
    var foreground: [JobID: ForegroundJob] = [:]
    var running: [Int64: RunningJob] = [:]
    /// How many connections the jobs that are about to begin may have.
    var allowances: [Int64: ConnectionAllowance] = [:]
    /// The jobs that wait for their next attempt, as they are shown.
    var resting: [JobID: TransferMonitor] = [:]
    /// Who waits for the end of the draining.
    var drained: AsyncStream<Failure?>.Continuation?
    var housekeeping = Housekeeping()
    var pacing = Pacing()
    /// What was said about origins that want to be left alone.
    var notices = CoolDownNotices()
    /// The workspace, as it was read first.
    private(set) lazy var member = configuration.member()
    private var outcomes = Outcomes()

    private init(
        _ configuration: Configuration,
        sessions: HTTPSessions,
        signals: AsyncStream<Void>.Continuation
    ) {
        self.configuration = configuration
        self.sessions = sessions
        self.signals = signals
        finishLine = FinishLine(configuration.catalog.recorder, publish: configuration.publish)
        schedule = Schedule(
            limit: configuration.limit,
            connections: configuration.connections,
            at: BootClock.now
        )
    }

    /// Runs `body` beside the jobs.
    ///
    /// - Throws: What `body` throws.
    package static func run<Result: Sendable>(
        _ configuration: Configuration,
        body: sending (Scheduler) async throws -> Result
    ) async throws -> Result {
        try await HTTPSessions.run(logger: configuration.logger) { sessions in
            let (stream, signals) = AsyncStream.makeStream(
                of: Void.self,
                bufferingPolicy: .bufferingNewest(1)
            )
            let scheduler = Scheduler(configuration, sessions: sessions, signals: signals)
            let thread = TaskThread.shared
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: thread) { await scheduler.dispatch(stream) }
                group.addTask(executorPreference: thread) { await scheduler.listen() }
                group.addTask(executorPreference: thread) { await scheduler.tick() }
                group.addTask(executorPreference: thread) { await scheduler.pace() }
                do {
                    let result = try await body(scheduler)
                    let isInterrupted = Task.isCancelled
                    await scheduler.stopAll()
                    group.cancelAll()
                    try? await group.waitForAll()
                    try await scheduler.leaveForeground(isInterrupted: isInterrupted)
                    return result
                } catch {
                    await scheduler.stopAll()
                    group.cancelAll()
                    try? await group.waitForAll()
                    try? await scheduler.leaveForeground(isInterrupted: true)
                    throw error
                }
            }
        }
    }

    private func stopAll() { tell(.stopRequested) }

    private func leaveForeground(isInterrupted: Bool) async throws {
        // What servers asked for is told with the end of the process's part.
        await report(.closed)
        try await configuration.catalog.queue.leaveForeground(
            owner: configuration.budget.holder.id,
            isInterrupted: isInterrupted
        )
    }

    // MARK: - Jobs that somebody waits for

    /// Runs a job of the workspace when it is its turn; nobody else runs it in the meantime.
    ///
    /// - Throws: ``Failure`` with `authentication` if secret header fields that were not stored
    ///   are missing, `locked` if another process waits for it.
    package func start(_ job: Job, fields: [HeaderField]) async throws {
        try ForegroundJob(job: job, fields: fields).check()
        guard foreground[job.id] == nil else { return }
        let owner = configuration.budget.holder.id
        guard try await configuration.catalog.queue.bringToForeground(number: job.number, by: owner)
        else {
            throw Failure(
                .locked,
                "another process waits for job \(job.number) already: \(job.request.url.redacted)",
                hint: "adm list shows how far it is"
            )
        }
        guard foreground[job.id] == nil else { return }
        try start(added: [(job, fields)])
    }

    /// Runs jobs that were just added with this process as the one that waits for them.
    package func start(added jobs: [(job: Job, fields: [HeaderField])]) throws {
        let waiters = jobs.map { ForegroundJob(job: $0.job, fields: $0.fields) }
        for waiter in waiters { try waiter.check() }
        for waiter in waiters {
            foreground[waiter.job.id] = waiter
            outcomes.forget(waiter.job.id)
        }
        tell(.enlisted(waiters.map(\.job.number)))
    }

    /// Waits until a job that was started has ended.
    ///
    /// - Throws: `CancellationError` after cancellation of the waiting task, which changes nothing
    ///   about the job.
    package func outcome(of job: JobID) async throws -> JobOutcome {
        if let outcome = outcomes.outcome(of: job) { return outcome }
        guard foreground[job] != nil else {
            return try await JobOutcome.recorded(job, in: configuration.catalog.list)
        }
        for await outcome in outcomes.wait(for: job) { return outcome }
        throw CancellationError()
    }

    /// The outcome of every job that ends from now on, in order.
    package func allEnds() -> AsyncStream<JobOutcome> { outcomes.listen() }

    /// Ends the sequences of all ends and notices; what came before is still delivered.
    package func endSequences() {
        outcomes.endListening()
        notices.finish()
    }

    /// Tells the outcome of a job that is finished already, as if it had just ended here.
    package func repeatOutcome(of job: Job) async throws {
        settle(try await JobOutcome.recorded(job.id, in: configuration.catalog.list))
    }

    /// Tells everybody who waits how a job ended.
    func settle(_ outcome: JobOutcome) {
        foreground[outcome.job.id] = nil
        resting[outcome.job.id] = nil
        tell(.settled(outcome.job.number))
        outcomes.add(outcome)
    }

    /// Stops a job that runs here.
    ///
    /// - Returns: Whether it ran; its end follows then.
    package func stop(_ job: JobID, because reason: StopReason) -> Bool {
        guard let item = running.values.first(where: { $0.job.id == job }) else { return false }
        item.stop.send(reason)
        return true
    }

    // MARK: - The whole queue

    /// Runs every job of the queue that is ready, until nothing is left if `untilEmpty` says so, or
    /// `maxJobs` jobs began; otherwise until the task is cancelled.
    ///
    /// Of a workspace that is paused nothing is left that could be run.
    ///
    /// - Throws: `CancellationError`; ``Failure`` if the database or the ledger cannot be used, with `locked` if
    ///   this process drains the queue already.
    /// - Returns: How many of `maxJobs` did not begin; nil if there is no limit.
    @discardableResult
    package func drain(untilEmpty: Bool, maxJobs: Int?) async throws -> Int? {
        guard schedule.drain == nil else {
            throw Failure(.locked, "this process runs the queue of this workspace already")
        }
        let (stream, done) = AsyncStream.makeStream(of: Failure?.self)
        drained = done
        let workspace = configuration.member().id
        configuration.budget.holder.serve(workspace, true)
        defer {
            configuration.budget.holder.serve(workspace, false)
            tell(.drainEnded)
        }
        tell(.drainRequested(Drain(untilEmpty: untilEmpty, left: maxJobs)))
        for await failure in stream {
            if let failure { throw failure }
            return schedule.drain?.left
        }
        throw CancellationError()
    }

    // MARK: - What others see

    /// What asks servers outside of any job.
    package nonisolated var probe: ServerProbe {
        ServerProbe(
            sessions: sessions,
            credentials: configuration.credentials,
            fields: configuration.fields
        )
    }

    /// Whether no job waits or runs here, and the queue is not being drained.
    package var isIdle: Bool { !schedule.isBusy && running.isEmpty }

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
    package var waitingCount: Int { max(0, schedule.waitingCount - resting.count) }

    /// The waits for servers that asked for it, each once, from now on.
    package func coolDownNotices() -> AsyncStream<CoolDownNotice> { notices.listen() }
}
