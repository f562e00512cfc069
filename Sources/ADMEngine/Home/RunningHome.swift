public import ADMModel
import ADMScheduling
import ADMSystem

/// The part that this process has in a home: its place in the budget of all processes, and the workspaces that it
/// has open.
///
/// It exists inside ``Home/run(options:body:)``. Workspaces are opened when they are needed, and closed when nobody
/// uses them. The way back is return values and sequences of events; nobody below knows who listens.
public final class RunningHome: Sendable {
    /// The home, for all that needs no open workspace.
    public let home: Home
    /// What counts for all workspaces of this process.
    public let options: HomeOptions
    let budget: Budget
    private let opened: OpenWorkspaces

    private init(_ home: Home, options: HomeOptions, budget: Budget, opened: OpenWorkspaces) {
        self.home = home
        self.options = options
        self.budget = budget
        self.opened = opened
    }

    /// Takes part in the budget while `body` runs; `limits` are those of the budget when it begins, if they are
    /// known.
    static func run<Result: Sendable>(
        _ home: Home,
        options: HomeOptions,
        limits: BudgetLimits? = nil,
        body: @Sendable (RunningHome) async throws -> Result
    ) async throws -> Result {
        let opened = SharedLimits()
        let reader = SettingsReader(files: home.files)
        let (known, ofProcess) = try await Blocking.run { () throws(Failure) in
            let known = if let limits { limits } else { try reader.budgetLimits() }
            return (known, try reader.limitOfProcess(options.overrides))
        }
        let configuration = Budget.Configuration(
            home: home.layout,
            limits: { (try? reader.budgetLimits()) ?? known },
            capacity: { ProcessCapacity(limits: opened.all, ofProcess: ofProcess).slots },
            role: options.role.rawValue
        )
        return try await Budget.run(configuration) { budget in
            let opened = OpenWorkspaces(budget, limits: opened)
            let running = RunningHome(home, options: options, budget: budget, opened: opened)
            return try await opened.serving { try await body(running) }
        }
    }

    /// A workspace, opened if it is not open yet.
    ///
    /// It stays open while somebody has this value or a job of it runs here. Until then nobody renames or removes it.
    ///
    /// - Parameter name: Which one; nil for the one that the environment or `adm ws use` chooses, else `default`,
    ///   which is created if it does not exist.
    /// - Returns: The open workspace, shared with all who ask for it.
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name, `configuration` for wrong settings,
    ///   `databaseDamaged`, `databaseTooNew` or `storage` if it cannot be opened.
    public func workspace(_ name: String? = nil) async throws -> Workspace {
        try await workspace(
            home.configuration(named: name.map { [($0, "the caller")] } ?? [], options: options)
        )
    }

    /// A workspace that was selected, opened if it is not open yet.
    ///
    /// - Throws: ``Failure`` as ``workspace(_:)`` does.
    public func workspace(of selection: WorkspaceSelection) async throws -> Workspace {
        try await workspace(home.configuration(of: selection, options: options))
    }

    /// A workspace whose settings were read already.
    package func workspace(_ configuration: WorkspaceConfiguration) async throws -> Workspace {
        Workspace(try await opened.acquire(configuration))
    }

    // MARK: - All queues

    /// Runs the queues of all workspaces, those too that are created while it runs.
    ///
    /// A workspace is open while a job of it is ready, runs or waits for its next attempt; half a second later it is
    /// closed, so that it can be renamed and removed. Under a new name its queue is run as before. What changes is
    /// noticed at once if the process that changed it says so (all verbs that add or change jobs do), else within two
    /// seconds. One workspace that cannot be run disturbs no other.
    ///
    /// - Parameters:
    ///   - untilEmpty: Whether it returns when no job is ready or waits for its next attempt; otherwise it
    ///     continues until the task is cancelled.
    ///   - maxJobs: It returns after this many jobs of each workspace have run; nil for no limit.
    ///   - failed: Told why a workspace cannot be run.
    ///   - each: Runs one queue: it calls ``QueueTurn/drain()`` once.
    /// - Returns: How many workspaces could be looked at last.
    /// - Throws: `CancellationError` after cancellation; ``Failure`` if the directory of all workspaces cannot be
    ///   read.
    @discardableResult
    public func runQueues(
        untilEmpty: Bool = false,
        maxJobs: Int? = nil,
        failed: @escaping @Sendable (WorkspaceName, Failure) async -> Void = { _, _ in },
        each: @escaping @Sendable (QueueTurn) async throws -> Void = { try await $0.drain() }
    ) async throws -> Int {
        try await runQueues(
            untilEmpty: untilEmpty,
            maxJobs: maxJobs,
            prepare: { _ in },
            failed: failed,
            each: each
        )
    }

    /// The same; `prepare` changes what a workspace is opened with.
    package func runQueues(
        untilEmpty: Bool,
        maxJobs: Int?,
        prepare: @escaping @Sendable (inout WorkspaceConfiguration) -> Void,
        failed: @escaping @Sendable (WorkspaceName, Failure) async -> Void,
        each: @escaping @Sendable (QueueTurn) async throws -> Void
    ) async throws -> Int {
        let queues = AllQueues(
            self,
            untilEmpty: untilEmpty,
            maxJobs: maxJobs,
            prepare: prepare,
            failed: failed,
            each: each
        )
        try await queues.run()
        try Task.checkCancellation()
        return await queues.sound.count
    }
}
