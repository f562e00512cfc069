import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSystem
public import Logging

/// The library: everything that adm can do below one `ADM_HOME`.
///
/// ```swift
/// try await Home.run(ProcessInfo.processInfo.environment) { home in
///     let work = try await home.workspace("work")
///     let job = try await work.add(JobRequest(url: SourceURL("https://example.org/file.iso")))
///     print(try await work.wait(for: job.id))
/// }
/// ```
///
/// It exists inside ``run(_:options:body:)``. The process takes part in the budget of all processes for as
/// long. Workspaces are opened when they are needed, and closed when nobody uses them. The way back is return
/// values and sequences of events; nobody below knows who listens.
public final class Home: Sendable {
    /// The files below it.
    package let workspaces: Workspaces
    /// What counts for all workspaces of this process.
    public let options: HomeOptions
    let budget: Budget
    private let opened: OpenWorkspaces

    private init(
        _ workspaces: Workspaces,
        options: HomeOptions,
        budget: Budget,
        opened: OpenWorkspaces
    ) {
        self.workspaces = workspaces
        self.options = options
        self.budget = budget
        self.opened = opened
    }

    /// Finds the home in an environment, as the command line does, and works in it while `body` runs.
    ///
    /// When `body` returns, throws or is cancelled, running jobs are stopped after a checkpoint: those that were
    /// added or resumed here are held, those of the queue go back into it. All workspaces are closed then.
    ///
    /// - Parameters:
    ///   - environment: The environment variables that count: `ADM_HOME`, `HOME` and the settings.
    ///   - options: What counts for all workspaces of this process.
    ///   - logger: What takes note of what is done, and never gets a secret; nil for nothing.
    ///   - body: What is done in it.
    /// - Returns: What `body` returns.
    /// - Throws: ``Failure`` with `configuration`, `storage` or `refused` if there is no home or it must not be
    ///   used, with `storage` or `noSpace` if the process cannot take part in the budget; what `body` throws.
    public static func run<Result: Sendable>(
        _ environment: [String: String],
        options: HomeOptions = HomeOptions(),
        logger: Logger? = nil,
        body: @Sendable (Home) async throws -> Result
    ) async throws -> Result {
        var workspaces = try await Blocking.run { () throws(Failure) in
            try Workspaces(environment: environment)
        }
        if let logger { workspaces.logger = logger }
        return try await run(workspaces, options: options, body: body)
    }

    /// Works in the home of some workspaces; `limits` are those of the budget when it begins, if they are known.
    package static func run<Result: Sendable>(
        _ workspaces: Workspaces,
        options: HomeOptions,
        limits: BudgetLimits? = nil,
        body: @Sendable (Home) async throws -> Result
    ) async throws -> Result {
        let opened = SharedLimits()
        let (known, ofProcess) = try await Blocking.run { () throws(Failure) in
            let known = if let limits { limits } else { try workspaces.budgetLimits() }
            return (known, try workspaces.limitOfProcess(flags: options.flags))
        }
        let configuration = Budget.Configuration(
            home: workspaces.home,
            limits: { (try? workspaces.budgetLimits()) ?? known },
            capacity: { ProcessCapacity(limits: opened.all, ofProcess: ofProcess).slots },
            role: options.role.rawValue
        )
        return try await Budget.run(configuration) { budget in
            let opened = OpenWorkspaces(budget, limits: opened)
            let home = Home(workspaces, options: options, budget: budget, opened: opened)
            return try await opened.serving { try await body(home) }
        }
    }

    /// Works in one workspace whose settings were read already.
    package static func run<Result: Sendable>(
        in configuration: WorkspaceConfiguration,
        body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        try await run(
            configuration.workspaces,
            options: configuration.options,
            limits: configuration.settings.budget
        ) { home in
            try await body(home.workspace(configuration))
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
        let wanted = try await Blocking.run { [self] () throws(Failure) in
            try configuration(of: workspaces.select(flag: name))
        }
        return try await workspace(wanted)
    }

    /// A workspace whose settings were read already.
    package func workspace(_ configuration: WorkspaceConfiguration) async throws -> Workspace {
        Workspace(try await opened.acquire(configuration))
    }

    /// Reads the settings of a workspace, with what counts for all workspaces of this process.
    func configuration(
        of selection: WorkspaceSelection
    ) throws(Failure) -> WorkspaceConfiguration {
        try WorkspaceConfiguration(workspaces, selection, options: options)
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
    ///   - maxJobs: It returns after so many jobs of each workspace have run; nil for no limit.
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
