import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSecrets
import ADMSystem
import Foundation

/// The library: everything adm can do with the jobs of one workspace.
///
/// It is open inside ``run(_:body:)``. Its way back is return values and one sequence of
/// events; nobody below knows who listens.
public final class Workspace: WorkspaceReading {
    /// What it works in.
    public let configuration: WorkspaceConfiguration
    /// What is known about its jobs.
    public var records: WorkspaceRecords { WorkspaceRecords(catalog: catalog) }
    let catalog: Catalog
    let scheduler: Scheduler
    /// Where secrets are kept.
    let stores: SecretStores
    /// Finds what proves to a server who asks.
    let broker: CredentialBroker
    /// The liveness lock of this process.
    let budgetHolder: String
    private let broadcast: EventBroadcast
    /// Jobs of dead processes whose last step was done when the workspace was opened.
    let finishedAtStart: [Job]

    private init(
        _ configuration: WorkspaceConfiguration,
        catalog: Catalog,
        scheduler: Scheduler,
        stores: SecretStores,
        broker: CredentialBroker,
        budgetHolder: String,
        broadcast: EventBroadcast,
        finishedAtStart: [Job]
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.scheduler = scheduler
        self.stores = stores
        self.broker = broker
        self.budgetHolder = budgetHolder
        self.broadcast = broadcast
        self.finishedAtStart = finishedAtStart
    }

    /// Opens the workspace, runs `body`, and closes it; meanwhile nobody renames or removes it.
    ///
    /// Jobs whose process died are taken over first: running ones can be resumed, and those that
    /// were being moved to their final name are finished. When `body` returns, throws or is
    /// cancelled, running jobs are stopped after a checkpoint: those that were added or resumed here
    /// are held, those of the queue go back into it.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew` or `storage` where the
    ///   workspace cannot be opened, `workspaceNotFound` where another one has its name by now; what
    ///   `body` throws.
    public static func run<Result: Sendable>(
        _ configuration: WorkspaceConfiguration,
        body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        try await Budget.run(WorkspaceConfiguration.budget(of: configuration, [])) { budget in
            try await run(configuration, budget: budget, body: body)
        }
    }

    /// Works in several workspaces at once for one process, which is one holder of slots for all.
    ///
    /// Each is opened and worked in by itself: where that fails, `failed` is told at once, and the others
    /// go on.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` where the process cannot take part in the budget.
    public static func run(
        _ configurations: [WorkspaceConfiguration],
        failed: @escaping @Sendable (WorkspaceConfiguration, any Error) async -> Void,
        each body: @escaping @Sendable (Workspace) async throws -> Void
    ) async throws {
        guard let first = configurations.first else { return }
        let process = WorkspaceConfiguration.budget(of: first, Array(configurations.dropFirst()))
        try await Budget.run(process) { budget in
            await withTaskGroup(of: Void.self) { group in
                for configuration in configurations {
                    group.addTask {
                        do {
                            try await run(configuration, budget: budget, body: body)
                        } catch {
                            // What ends because all of it ends is no failure.
                            if !Task.isCancelled { await failed(configuration, error) }
                        }
                    }
                }
            }
        }
        try Task.checkCancellation()
    }

    private static func run<Result: Sendable>(
        _ configuration: WorkspaceConfiguration,
        budget: Budget,
        body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        let stores = configuration.secretStores
        let netrc = try configuration.netrc.map { (path) throws(Failure) in
            try Netrc(path: path)
        }
        let catalog = try await Catalog.open(
            configuration.selection.layout,
            home: configuration.workspaces.home,
            identity: configuration.selection.identifier,
            holder: budget.holder
        )
        let broadcast = EventBroadcast()
        let broker = CredentialBroker(
            catalog: catalog,
            settings: configuration.settings.credentials,
            stores: stores,
            netrc: netrc,
            environment: configuration.workspaces.environment
        )
        do {
            let result = try await Scheduler.run(
                Scheduler.Configuration(
                    catalog: catalog,
                    budget: budget,
                    member: { configuration.member },
                    limit: configuration.settings.maxConcurrent,
                    settings: { (request) throws(Failure) in
                        try configuration.transferSettings(for: request)
                    },
                    fields: configuration.settings.transfer.headers,
                    credentials: broker,
                    publish: { await broadcast.publish($0) }
                )
            ) { scheduler in
                let taken = try await DeadOwners.takeOver(catalog, owner: budget.holder.id)
                let workspace = Workspace(
                    configuration,
                    catalog: catalog,
                    scheduler: scheduler,
                    stores: stores,
                    broker: broker,
                    budgetHolder: budget.holder.id,
                    broadcast: broadcast,
                    finishedAtStart: taken.finished
                )
                await broadcast.publish(taken.events)
                return try await workspace.withEvents { try await body(workspace) }
            }
            await broadcast.finish()
            await catalog.close()
            return result
        } catch {
            await broadcast.finish()
            await catalog.close()
            throw error
        }
    }

    /// Every event from now on, progress a few times a second among them; ends when the workspace is closed.
    public func events() async -> AsyncStream<JobEvent> { await broadcast.listen() }

    /// Ends all sequences of events, ends and notices; what came before is still delivered.
    public func endEvents() async {
        await broadcast.finish()
        await scheduler.endSequences()
    }

    /// The events of one job that was added here, until it has ended.
    ///
    /// Events from before the call are not among them, except the end, if it has come already.
    public func events(of job: JobID) async -> AsyncStream<JobEvent> {
        let stream = await broadcast.listen(to: job)
        if await !scheduler.isActive(job) { await broadcast.finish(job) }
        return stream
    }

    /// How far the running jobs are.
    public func progress() async -> [TransferProgress] { await scheduler.progress() }

    /// How many added jobs wait for a place in this process.
    public func waitingCount() async -> Int { await scheduler.waitingCount }

    /// The waits of jobs here for servers that asked for it (`Retry-After`), each once, from now on.
    public func coolDownNotices() async -> AsyncStream<CoolDownNotice> {
        await scheduler.coolDownNotices()
    }

    /// Waits until a job that was added or resumed here has ended.
    ///
    /// - Throws: `CancellationError` after cancellation of the waiting task; the job goes on.
    public func wait(for job: JobID) async throws -> JobOutcome {
        try await scheduler.outcome(of: job)
    }

    /// The outcome of every job that ends here from now on, in order.
    public func ends() async -> AsyncStream<JobOutcome> { await scheduler.allEnds() }

    func publish(_ events: [JobEvent]) async { await broadcast.publish(events) }

    private func withEvents<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let ends = await scheduler.allEnds()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.sampleProgress() }
            group.addTask { for await end in ends { await self.broadcast.finish(end.job.id) } }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func sampleProgress() async throws {
        while true {
            try await Task.sleep(for: .milliseconds(250))
            guard await broadcast.hasListeners else { continue }
            let numbers = await scheduler.activeJobs()
            let events = await scheduler.progress().compactMap { progress -> JobEvent? in
                guard progress.phase == .downloading, let job = numbers[progress.job] else {
                    return nil
                }
                return JobEvent(
                    job: job.id,
                    number: job.number,
                    url: job.request.url.redacted,
                    kind: .progress(progress)
                )
            }
            await broadcast.publish(events)
        }
    }
}
