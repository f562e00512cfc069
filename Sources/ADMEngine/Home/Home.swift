public import ADMModel
import ADMSystem
package import Foundation
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
/// A value of it only knows where everything lies: its verbs choose, create, list, move and remove workspaces, and
/// read and change settings and the budget. Jobs are run inside ``run(options:body:)``, where the process takes
/// part in the budget of all processes. Files are read and written, and locks waited for, on threads where that
/// holds up nobody.
public struct Home: Sendable {
    let files: HomeFiles
    /// What takes note of what adm does; it never gets a secret.
    package let logger: Logger

    /// Where everything lies.
    public var layout: HomeLayout { files.layout }
    /// The environment variables that selection and settings look at.
    public var environment: [String: String] { files.environment }

    /// Finds `ADM_HOME` in an environment, else `.adm` in the user's home directory.
    ///
    /// Nothing is created; that happens at first need.
    ///
    /// - Parameters:
    ///   - environment: The environment variables that count: `ADM_HOME`, `HOME` and the settings.
    ///   - logger: What takes note of what is done, and never gets a secret; nil for nothing.
    /// - Throws: ``Failure`` with `configuration` if `HOME` or `ADM_HOME` is missing or relative,
    ///   `storage` if it is not a directory, `refused` if another user owns it or may change it.
    public init(environment: [String: String], logger: Logger? = nil) throws(Failure) {
        try self.init(environment: environment, logger: logger, now: { Date() })
    }

    /// Finds `ADM_HOME`, with a clock of the caller's; it decides how old a removed workspace is.
    package init(
        environment: [String: String],
        logger: Logger? = nil,
        now: @escaping @Sendable () -> Date
    ) throws(Failure) {
        files = try HomeFiles(environment: environment, now: now)
        self.logger = logger ?? .silent
    }

    // MARK: - Running

    /// Finds the home in an environment, as the command line does, and works in it while `body` runs.
    ///
    /// - Parameters:
    ///   - environment: The environment variables that count: `ADM_HOME`, `HOME` and the settings.
    ///   - options: What counts for all workspaces of this process.
    ///   - logger: What takes note of what is done, and never gets a secret; nil for nothing.
    ///   - body: What is done in it.
    /// - Returns: What `body` returns.
    /// - Throws: ``Failure`` as ``init(environment:logger:)`` and ``run(options:body:)`` do; what `body` throws.
    public static func run<Result: Sendable>(
        _ environment: [String: String],
        options: HomeOptions = HomeOptions(),
        logger: Logger? = nil,
        body: @Sendable (RunningHome) async throws -> Result
    ) async throws -> Result {
        let home = try await Blocking.run { () throws(Failure) in
            try Home(environment: environment, logger: logger)
        }
        return try await home.run(options: options, body: body)
    }

    /// Takes part in the budget of all processes while `body` runs, so that it can open workspaces and run jobs.
    ///
    /// When `body` returns, throws or is cancelled, running jobs are stopped after a checkpoint: those that were
    /// added or resumed here are held, those of the queue go back into it. All workspaces are closed then.
    ///
    /// - Parameters:
    ///   - options: What counts for all workspaces of this process.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: ``Failure`` with `configuration` for wrong settings, with `storage` or `noSpace` if the process
    ///   cannot take part in the budget; what `body` throws.
    public func run<Result: Sendable>(
        options: HomeOptions = HomeOptions(),
        body: @Sendable (RunningHome) async throws -> Result
    ) async throws -> Result {
        try await RunningHome.run(self, options: options, body: body)
    }

    /// Works in one workspace whose settings were read already.
    package static func run<Result: Sendable>(
        in configuration: WorkspaceConfiguration,
        body: @Sendable (Workspace) async throws -> Result
    ) async throws -> Result {
        try await RunningHome.run(
            configuration.home,
            options: configuration.options,
            limits: configuration.settings.budget
        ) { running in
            try await body(running.workspace(configuration))
        }
    }

    // MARK: - Selecting

    /// Says which workspace is meant; it need not exist.
    ///
    /// That is by the first that speaks: `names`, `ADM_WORKSPACE` or `ADM_PROFILE`, the choice of ``use(_:)``, else
    /// `default`.
    ///
    /// - Parameter names: The names that the caller was given, which must all be the same, and where each comes
    ///   from in words for messages.
    /// - Returns: The name, and who chose it.
    /// - Throws: ``Failure`` with `usage` if two names disagree or one is no name, `configuration` or `storage` if
    ///   the choice of ``use(_:)`` cannot be read. What stands below the level that speaks is not looked at.
    public func choice(
        named names: [(name: String, origin: String)] = []
    ) async throws(Failure) -> WorkspaceChoice {
        try await blocking { (files) throws(Failure) in
            try WorkspaceSelector(files: files).choice(named: names)
        }
    }

    /// The workspace that is meant, as ``choice(named:)`` says.
    ///
    /// Call it once and keep the result: another process may choose differently at any time.
    ///
    /// - Parameters:
    ///   - names: The names that the caller was given, and where each comes from in words for messages.
    ///   - isLooking: Whether nothing may be created. Otherwise `default` is, if it is meant and does not exist.
    /// - Returns: The workspace, fixed whatever name it gets.
    /// - Throws: ``Failure`` as ``choice(named:)`` does; with `workspaceNotFound` and the nearest name; with
    ///   `storage` if the workspace is damaged or `default` cannot be created.
    public func selection(
        named names: [(name: String, origin: String)] = [],
        isLooking: Bool = false
    ) async throws(Failure) -> WorkspaceSelection {
        try await blocking { (files) throws(Failure) in
            let selector = WorkspaceSelector(files: files)
            return try selector.selection(selector.choice(named: names), isLooking: isLooking)
        }
    }

    /// An existing workspace.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name; with `storage` if it is damaged.
    public func selection(of name: WorkspaceName) async throws(Failure) -> WorkspaceSelection {
        try await blocking { (files) throws(Failure) in
            try WorkspaceSelector(files: files).selection(of: name)
        }
    }

    /// What the workspace is opened or looked at with that ``selection(named:isLooking:)`` selects.
    ///
    /// - Throws: ``Failure`` as ``selection(named:isLooking:)`` does; with `configuration` if a file, variable or
    ///   option is wrong.
    public func configuration(
        named names: [(name: String, origin: String)] = [],
        isLooking: Bool = false,
        options: HomeOptions = HomeOptions()
    ) async throws(Failure) -> WorkspaceConfiguration {
        try await blocking { (files) throws(Failure) in
            let selector = WorkspaceSelector(files: files)
            let choice = try selector.choice(named: names)
            return try WorkspaceConfiguration(
                self,
                selector.selection(choice, isLooking: isLooking),
                options: options
            )
        }
    }

    /// What a workspace is opened or looked at with.
    ///
    /// - Throws: ``Failure`` with `configuration` if a file, variable or option is wrong.
    public func configuration(
        of selection: WorkspaceSelection,
        options: HomeOptions = HomeOptions()
    ) async throws(Failure) -> WorkspaceConfiguration {
        try await blocking { (_) throws(Failure) in
            try WorkspaceConfiguration(self, selection, options: options)
        }
    }

    /// Does file work off the pool that tasks share.
    func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (HomeFiles) throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await Blocking.waiting { () throws(Failure) in try body(files) }
    }
}
