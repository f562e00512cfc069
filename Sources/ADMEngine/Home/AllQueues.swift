import ADMCatalog
import ADMModel
import ADMScheduling
import ADMSystem
import Foundation

/// Carries out what a ``QueueRoster`` decides.
actor AllQueues {
    /// How often it looks by itself, for changes of which nobody told it.
    private static let patience = Duration.seconds(2)

    private let running: RunningHome
    private let untilEmpty: Bool
    private let prepare: @Sendable (inout WorkspaceConfiguration) -> Void
    private let failed: @Sendable (WorkspaceName, Failure) async -> Void
    private let each: @Sendable (QueueTurn) async throws -> Void
    private var roster: QueueRoster
    /// The workspaces whose queues this process says it runs.
    private var announced: Set<UUID> = []
    /// The workspaces that could be looked at.
    private(set) var sound: Set<UUID> = []
    /// What is wrong with workspaces that have no identity, by name.
    private var broken: [WorkspaceName: String] = [:]
    /// The failure of each workspace that was told last.
    private var reported: [UUID: String] = [:]

    init(
        _ running: RunningHome,
        untilEmpty: Bool,
        maxJobs: Int?,
        prepare: @escaping @Sendable (inout WorkspaceConfiguration) -> Void,
        failed: @escaping @Sendable (WorkspaceName, Failure) async -> Void,
        each: @escaping @Sendable (QueueTurn) async throws -> Void
    ) {
        self.running = running
        self.untilEmpty = untilEmpty
        self.prepare = prepare
        self.failed = failed
        self.each = each
        roster = QueueRoster(maxJobs: maxJobs)
    }

    func run() async throws {
        let (nudges, nudge) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let news = await running.budget.news()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in news { nudge.yield() } }
            group.addTask {
                while true {
                    try await Task.sleep(for: AllQueues.patience)
                    nudge.yield()
                }
            }
            defer { group.cancelAll() }
            nudge.yield()
            for await _ in nudges {
                for (workspace, configuration) in try await pass() {
                    group.addTask {
                        await self.serve(workspace, configuration)
                        nudge.yield()
                    }
                }
                if !roster.isBusy, untilEmpty || roster.hasDoneAll { return }
                // What many processes say one after the other is looked at together.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Looks at what has changed.
    ///
    /// - Returns: The workspaces whose queues are to be run now.
    private func pass() async throws -> [(QueueRoster.Present, WorkspaceConfiguration)] {
        var begun: [(QueueRoster.Present, WorkspaceConfiguration)] = []
        for workspace in roster.update(try await present()) {
            do throws(Failure) {
                let configuration = try await configuration(of: workspace)
                let sight = try await look(at: workspace, configuration)
                sound.insert(workspace.identity)
                if roster.saw(sight, in: workspace.identity) {
                    begun.append((workspace, configuration))
                }
            } catch { await fail(workspace, error) }
        }
        await announce()
        return begun
    }

    private func serve(
        _ present: QueueRoster.Present,
        _ configuration: WorkspaceConfiguration
    ) async {
        do {
            let workspace = try await running.workspace(configuration)
            // Whoever draws it may still have it; it is not used any more.
            defer { workspace.letGo() }
            let turn = QueueTurn(workspace, left: roster.left(present.identity))
            try await each(turn)
            roster.ended(present.identity, left: turn.rest)
        } catch let error as Failure {
            await fail(present, error)
        } catch {
            roster.ended(present.identity, left: roster.left(present.identity))
        }
        // The end of the run has taken it back.
        announced.remove(present.identity)
    }

    private func fail(_ workspace: QueueRoster.Present, _ failure: Failure) async {
        // It got another name, or it was removed: the next pass sees that.
        guard failure.code != .workspaceNotFound, !Task.isCancelled else {
            return roster.ended(workspace.identity, left: roster.left(workspace.identity))
        }
        let layout = running.home.layout.workspace(workspace.name)
        sound.remove(workspace.identity)
        roster.failed(workspace.identity, stamp: await Blocking.run { WorkspaceStamp(layout) })
        // What lasts is said once.
        guard reported[workspace.identity] != failure.message else { return }
        reported[workspace.identity] = failure.message
        await failed(workspace.name, failure)
    }

    // MARK: - Looking

    private func present() async throws(Failure) -> [QueueRoster.Present] {
        let files = running.home.files
        let (sound, broken) = try await Blocking.run {
            () throws(Failure) -> ([QueueRoster.Present], [(WorkspaceName, Failure)]) in
            var sound: [QueueRoster.Present] = []
            var broken: [(WorkspaceName, Failure)] = []
            for name in try files.names() {
                do throws(Failure) {
                    let identity = try files.identity(of: name)
                    let stamp = WorkspaceStamp(files.layout.workspace(name))
                    sound.append(.init(identity: identity, name: name, stamp: stamp))
                } catch {
                    // One that has just been removed is not broken.
                    if files.exists(name) { broken.append((name, error)) }
                }
            }
            return (sound, broken)
        }
        for (name, failure) in broken where self.broken[name] != failure.message {
            self.broken[name] = failure.message
            await failed(name, failure)
        }
        return sound
    }

    private func configuration(
        of workspace: QueueRoster.Present
    ) async throws(Failure) -> WorkspaceConfiguration {
        let (home, options) = (running.home, running.options)
        var configuration = try await home.blocking { (files) throws(Failure) in
            let selection = try WorkspaceSelector(files: files).selection(of: workspace.name)
            guard selection.identity == workspace.identity else {
                throw Failure(.workspaceNotFound, "\(workspace.name) is another workspace now")
            }
            return try WorkspaceConfiguration(home, selection, options: options)
        }
        prepare(&configuration)
        return configuration
    }

    private func look(
        at workspace: QueueRoster.Present,
        _ configuration: WorkspaceConfiguration
    ) async throws(Failure) -> QueueRoster.Sight {
        let sight = try await WorkspaceDatabases(files: running.home.files).looking(
            at: configuration.selection.layout,
            identity: workspace.identity
        ) { (catalog) async throws(Failure) in
            let executors = try await catalog.executors()
            return QueueRoster.Sight(
                hasWork: try await !catalog.queue.isDrained(),
                hasDeadOwners: executors.dead,
                hasExecutors: executors.present,
                nextDue: try await catalog.queue.nextDue(),
                isPaused: configuration.settings.share.isPaused
            )
        }
        return sight ?? QueueRoster.Sight()
    }

    /// Says in the liveness lock whose queues this process runs, whether they are open or not.
    private func announce() async {
        let present = roster.identities
        guard present != announced else { return }
        let holder = running.budget.holder
        let gone = announced.subtracting(present)
        let new = present.subtracting(announced)
        announced = present
        await Blocking.run {
            for id in gone { holder.serve(id.uuidString.lowercased(), false) }
            for id in new { holder.serve(id.uuidString.lowercased(), true) }
        }
    }
}
