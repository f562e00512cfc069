import ADMEngine
import ADMModel
import ArgumentParser

/// Runs downloads in the foreground, shows them, and ends in order when a signal asks for it.
struct ForegroundRun: Sendable {
    private let context: CommandContext
    private let configuration: WorkspaceConfiguration
    private let printsPaths: Bool
    private let namesFiles: Bool

    /// Reads the workspace and its settings.
    ///
    /// - Throws: ``Failure``.
    init(
        _ context: CommandContext,
        in selection: WorkspaceSelection? = nil,
        flags: [String: [String]],
        netrc: NetrcOptions? = nil,
        printsPaths: Bool,
        namesFiles: Bool = true
    ) async throws(Failure) {
        self.context = context
        let options = HomeOptions(overrides: SettingOverrides(flags))
        var configuration =
            if let selection {
                try await context.home.configuration(of: selection, options: options)
            } else {
                try await context.configuration(options)
            }
        configuration.netrc = try netrc?.path(context)
        context.askPassphrase(for: &configuration, PassphraseQuestions())
        self.configuration = configuration
        self.printsPaths = printsPaths
        self.namesFiles = namesFiles
    }

    /// Where the files of the workspace lie.
    var layout: WorkspaceLayout { configuration.selection.layout }

    /// Where the credentials of the workspace are kept.
    var credentialSettings: CredentialSettings { configuration.settings.credentials }

    /// Runs until everything that `add` adds has ended, or a signal came; `finish` gets what came of it
    /// while the workspace is still open, when nothing is drawn any more.
    ///
    /// The first signal stops the transfers after a checkpoint; a second one ends the process.
    ///
    /// - Throws: ``Failure`` of the workspace; `ExitCode` if not everything went well.
    func execute(
        _ add: @escaping @Sendable (ForegroundSession) async throws -> Void,
        finish: (@Sendable (Workspace, Tally) async throws -> Void)? = nil
    ) async throws {
        let display = ProgressDisplay(
            context,
            .downloads,
            settings: configuration.settings,
            printsPaths: printsPaths,
            namesFiles: namesFiles,
            keepsJobs: finish != nil
        )
        if configuration.settings.transfer.insecure {
            await display.warn("certificates are not verified in this run (--insecure)")
        }
        if configuration.settings.share.isPaused {
            let name = configuration.selection.name
            await display.warn(
                "the workspace \(name) is paused: its jobs wait",
                hint: "adm ws resume \(name) resumes them"
            )
        }
        let ending = try await Interruption.run(first: display.stopping, again: SecondSignal.end) {
            try await Home.run(in: configuration) { engine in
                let session = ForegroundSession(engine, display: display)
                try await display.drawing { try await run(session, engine, display, add) }
                if let finish { try await finish(engine, display.tally) }
            }
        }
        switch ending {
        case .finished:
            try await display.summarise()
            let status = await display.tally.exitCode
            if status != 0 { throw ExitCode(status) }
        case .interrupted(let signal):
            try await display.interrupted(workspace: configuration.selection.name)
            throw ExitCode(signal.exitCode)
        }
    }

    private func run(
        _ session: ForegroundSession,
        _ engine: Workspace,
        _ display: ProgressDisplay,
        _ add: @escaping @Sendable (ForegroundSession) async throws -> Void
    ) async throws {
        let ends = await engine.ends()
        try await display.showing(engine) {
            try await withThrowingTaskGroup(of: Void.self) { work in
                work.addTask { await session.collect(ends) }
                try await add(session)
                await display.expectNoMore()
                if await session.finishAdding() { work.cancelAll() }
                try await work.waitForAll()
            }
            try Task.checkCancellation()
        }
    }
}
