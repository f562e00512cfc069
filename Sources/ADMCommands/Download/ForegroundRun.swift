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
    ) throws(Failure) {
        self.context = context
        let own = if let selection { selection } else { try context.selection() }
        var configuration = try WorkspaceConfiguration(context.workspaces, own, flags: flags)
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
    /// while the workspace is still open, and nothing is drawn any more.
    ///
    /// The first signal stops the transfers after a checkpoint; a second one ends the process.
    ///
    /// - Throws: ``Failure`` of the workspace; `ExitCode` where not everything went well.
    func execute(
        _ add: @escaping @Sendable (ForegroundSession) async throws -> Void,
        finish: (@Sendable (Workspace, Tally) async throws -> Void)? = nil
    ) async throws {
        let display = ProgressDisplay(
            context,
            settings: configuration.settings,
            printsPaths: printsPaths,
            namesFiles: namesFiles
        )
        if configuration.settings.transfer.insecure {
            await display.warn("certificates are not verified in this run (--insecure)")
        }
        if configuration.settings.share.isPaused {
            let name = configuration.selection.name
            await display.warn(
                "the workspace \(name) is paused: its jobs wait",
                hint: "adm ws resume \(name) lets them go on"
            )
        }
        let tallies = TallyBox()
        let ending: Interruption.Ending<Void>
        do {
            ending = try await Interruption.run(first: display.stopping, again: SecondSignal.end) {
                try await Workspace.run(configuration) { engine in
                    let session = ForegroundSession(
                        engine,
                        display: display,
                        keepsJobs: context.isJSON || finish != nil
                    )
                    do {
                        try await run(session, engine, display, add)
                        if let finish {
                            await display.close()
                            try await finish(engine, session.tally)
                        }
                    } catch {
                        await tallies.put(session.tally)
                        throw error
                    }
                    await tallies.put(session.tally)
                }
            }
        } catch {
            await display.close()
            throw error
        }
        let tally = await tallies.tally
        switch ending {
        case .finished:
            try await display.summarise(tally)
            if tally.exitCode != 0 { throw ExitCode(tally.exitCode) }
        case .interrupted(let signal):
            try await display.interrupted(tally, workspace: "\(configuration.selection.name)")
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
        let events = await display.events(of: engine)
        let waits = await engine.coolDownNotices()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await display.show(engine, events: events) }
            group.addTask { for await wait in waits { await display.waits(wait) } }
            defer { group.cancelAll() }
            try await withThrowingTaskGroup(of: Void.self) { work in
                work.addTask { await session.collect(ends) }
                try await add(session)
                await display.expect(session.tally.started)
                if await session.finishAdding() { work.cancelAll() }
                try await work.waitForAll()
            }
            try Task.checkCancellation()
            // The last events are shown before the display ends.
            await display.finishShowing()
            await engine.endEvents()
            try await group.waitForAll()
        }
    }
}

/// Carries the tally out of a scope that may end by an error.
private actor TallyBox {
    private(set) var tally = Tally()

    func put(_ tally: Tally) { self.tally = tally }
}
