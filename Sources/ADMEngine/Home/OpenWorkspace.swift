import ADMCatalog
import ADMModel
import ADMScheduling
import ADMSecrets
import ADMSystem
import Logging
import Synchronization

/// A workspace that is open in this process: its database, what runs its jobs, its credentials.
///
/// Everybody who uses it shares this one; ``OpenWorkspaces`` opens and closes it.
final class OpenWorkspace: Sendable {
    let configuration: WorkspaceConfiguration
    let catalog: Catalog
    let scheduler: Scheduler
    /// Where secrets are kept.
    let stores: SecretStores
    /// Finds what proves to a server who asks.
    let broker: CredentialBroker
    /// The liveness lock of this process.
    let budgetHolder: String
    let broadcast: EventBroadcast
    /// Jobs of dead processes whose last step was done when the workspace was opened.
    let finishedAtStart: [Job]
    private let references = Atomic<Int>(0)
    private let released: @Sendable () -> Void

    private init(
        _ configuration: WorkspaceConfiguration,
        catalog: Catalog,
        scheduler: Scheduler,
        stores: SecretStores,
        broker: CredentialBroker,
        budgetHolder: String,
        broadcast: EventBroadcast,
        finishedAtStart: [Job],
        released: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.scheduler = scheduler
        self.stores = stores
        self.broker = broker
        self.budgetHolder = budgetHolder
        self.broadcast = broadcast
        self.finishedAtStart = finishedAtStart
        self.released = released
    }

    /// Opens the workspace, runs `body`, and closes it; until then nobody renames or removes it.
    ///
    /// Jobs whose process died are taken over first: running ones can be resumed, and those that
    /// were being moved to their final name are finished. When `body` returns, throws or is
    /// cancelled, running jobs are stopped after a checkpoint: those that were added or resumed here
    /// are held, those of the queue go back into it.
    ///
    /// - Parameters:
    ///   - configuration: Which workspace, and with which settings.
    ///   - budget: The part of this process in the budget.
    ///   - released: Called when nobody uses the workspace any more.
    ///   - body: What is done while it is open.
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew` or `storage` if the workspace cannot
    ///   be opened, `workspaceNotFound` if another one has its name by now; what `body` throws.
    static func run(
        _ configuration: WorkspaceConfiguration,
        budget: Budget,
        released: @escaping @Sendable () -> Void,
        body: @Sendable (OpenWorkspace) async throws -> Void
    ) async throws {
        let stores = configuration.secretStores
        let netrc = try configuration.netrc.map { (path) throws(Failure) in
            try Netrc(path: path)
        }
        let catalog = try await Catalog.open(
            configuration.selection.layout,
            home: configuration.home.layout,
            identity: configuration.selection.identifier,
            holder: budget.holder
        )
        let logger = configuration.home.logger.with(
            "workspace",
            configuration.selection.name
        )
        logger.debug(
            "database opened",
            metadata: ["path": "\(configuration.selection.layout.database)"]
        )
        let broadcast = EventBroadcast(logger: logger)
        let broker = CredentialBroker(
            catalog: catalog,
            settings: configuration.settings.credentials,
            stores: stores,
            netrc: netrc,
            environment: configuration.home.environment
        )
        do {
            try await Scheduler.run(
                Scheduler.Configuration(
                    catalog: catalog,
                    budget: budget,
                    member: { configuration.member },
                    limit: configuration.settings.maxConcurrent,
                    connections: configuration.settings.transfer.maxConnections,
                    settings: { (request) throws(Failure) in
                        try configuration.transferSettings(for: request)
                    },
                    fields: configuration.settings.transfer.headers,
                    credentials: broker,
                    publish: { await broadcast.publish($0) },
                    logger: logger
                )
            ) { scheduler in
                let taken = try await DeadOwners.takeOver(catalog, owner: budget.holder.id)
                let workspace = OpenWorkspace(
                    configuration,
                    catalog: catalog,
                    scheduler: scheduler,
                    stores: stores,
                    broker: broker,
                    budgetHolder: budget.holder.id,
                    broadcast: broadcast,
                    finishedAtStart: taken.finished,
                    released: released
                )
                await broadcast.publish(taken.events)
                try await workspace.withEvents { try await body(workspace) }
            }
            await broadcast.finish()
            await catalog.close()
        } catch {
            await broadcast.finish()
            await catalog.close()
            throw error
        }
    }

    // MARK: - Who uses it

    /// Whether anybody uses it.
    var isUsed: Bool { references.load(ordering: .acquiring) > 0 }

    /// Counts one more who uses it.
    func retain() { references.add(1, ordering: .acquiringAndReleasing) }

    /// Counts one less; the last one says so.
    func release() {
        if references.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { released() }
    }

    // MARK: - Events

    private func withEvents(_ body: @Sendable () async throws -> Void) async throws {
        let ends = await scheduler.allEnds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.sampleProgress() }
            group.addTask {
                for await end in ends { await self.broadcast.finish(end.job.id) }
                // Somebody who shows them may have ended all sequences.
                while !Task.isCancelled {
                    for await end in await self.scheduler.allEnds() {
                        await self.broadcast.finish(end.job.id)
                    }
                }
            }
            defer { group.cancelAll() }
            try await body()
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

/// Keeps a workspace open for as long as it lives, or until ``end()``.
final class WorkspaceReference: Sendable {
    private let workspace: OpenWorkspace
    private let isHeld = Atomic<Bool>(true)

    /// Takes over one that was counted already.
    init(counted workspace: OpenWorkspace) { self.workspace = workspace }

    deinit { end() }

    /// Lets the workspace be closed when nobody else uses it.
    ///
    /// It may be called twice.
    func end() {
        if isHeld.exchange(false, ordering: .acquiringAndReleasing) { workspace.release() }
    }
}
