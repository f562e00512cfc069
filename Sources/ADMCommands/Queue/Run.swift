import ADMEngine
import ADMModel
import ArgumentParser

/// `adm run`: runs what is in the queue.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the queue, as the budget of all processes allows.",
        usage: "adm run [--all-workspaces] [--until-empty] [--max-jobs N] [OPTIONS]",
        discussion: """
            Any number of processes may run the same queue; each job is run once. Without \
            --until-empty it waits for further jobs; with it, jobs that are held or whose workspace is \
            paused are not waited for. Ctrl-C and SIGTERM put running jobs back into \
            the queue after a checkpoint.

            With --all-workspaces also those count that are created, renamed, paused and removed \
            while it runs; one that has nothing to run can be renamed and removed.

            EXAMPLES:
              adm run --until-empty
              adm run --all-workspaces
              adm run --max-jobs 100 --max-concurrent 2
            """
    )

    @Flag(name: .long, help: "Run the queues of all workspaces, each with its settings.")
    var allWorkspaces = false

    @Flag(name: .long, help: "End when no job is ready or waits for its next attempt.")
    var untilEmpty = false

    @Option(
        name: .long,
        help: ArgumentHelp("End after this many jobs of each workspace.", valueName: "number")
    )
    var maxJobs: Int?

    @OptionGroup var runOptions: RunOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let maxJobs, maxJobs < 1 {
            throw ValidationError("--max-jobs is a whole number from 1 on")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let (configurations, broken) = try await configurations(context)
        let settings =
            if let first = configurations.first { first.settings } else {
                try await settingsForLater(context, broken)
            }
        guard let settings else {
            guard broken.isEmpty else { throw ExitCode(Tally.exitCode(of: broken)) }
            return context.note("there are no workspaces yet")
        }
        if settings.transfer.insecure {
            context.warn("certificates are not verified in this run (--insecure)")
        }
        for configuration in configurations where configuration.settings.share.isPaused {
            let name = configuration.selection.name
            context.warn(
                "the workspace \(name) is paused: its jobs wait",
                hint: "adm ws resume \(name) resumes them"
            )
        }
        let display = ProgressDisplay(
            context,
            .queue,
            settings: settings,
            printsPaths: runOptions.printPath,
            workspaces: configurations.map(\.selection.name.description)
        )
        let ending: Interruption.Ending<Void>
        do {
            ending = try await Interruption.run(first: display.stopping, again: SecondSignal.end) {
                try await display.drawing { try await work(configurations, context, display) }
            }
        } catch {
            // What came of the jobs until then is said all the same.
            try await display.summarise()
            throw error
        }
        try await display.summarise()
        if case .interrupted(let signal) = ending { throw ExitCode(signal.exitCode) }
        let status = await display.tally.exitCode
        if status != 0 { throw ExitCode(status) }
    }

    /// The workspaces to run, and why others cannot be.
    private func configurations(
        _ context: CommandContext
    ) async throws -> (sound: [WorkspaceConfiguration], broken: [Failure]) {
        let questions = PassphraseQuestions()
        guard allWorkspaces else {
            let configuration = try await context.configuration(options)
            return ([try completed(configuration, context, questions)], [])
        }
        var configurations: [WorkspaceConfiguration] = []
        var broken: [Failure] = []
        for name in try await context.home.names() {
            // One broken workspace must not keep the others from running.
            do throws(Failure) {
                let selection = try await context.home.selection(of: name)
                let configuration = try await context.home.configuration(
                    of: selection,
                    options: options
                )
                configurations.append(try completed(configuration, context, questions))
            } catch { broken.append(error) }
        }
        // If others can be run, what runs them says what is wrong with these.
        if configurations.isEmpty { for failure in broken { context.report(failure) } }
        return (configurations, broken)
    }

    /// What counts while there is no workspace yet, but one may come; nil if none is waited for.
    private func settingsForLater(
        _ context: CommandContext,
        _ broken: [Failure]
    ) async throws(Failure) -> EffectiveSettings? {
        guard allWorkspaces, !untilEmpty, broken.isEmpty else { return nil }
        context.note("there are no workspaces yet; one that is created will be run")
        return try await context.settings(for: context.lookedAt(), flags: runOptions.flags)
    }

    private var options: HomeOptions {
        HomeOptions(overrides: SettingOverrides(runOptions.flags), role: .run)
    }

    private func completed(
        _ configuration: WorkspaceConfiguration,
        _ context: CommandContext,
        _ questions: PassphraseQuestions
    ) throws(Failure) -> WorkspaceConfiguration {
        var configuration = configuration
        configuration.netrc = try runOptions.netrcOptions.path(context)
        context.askPassphrase(for: &configuration, questions)
        return configuration
    }

    private func work(
        _ configurations: [WorkspaceConfiguration],
        _ context: CommandContext,
        _ display: ProgressDisplay
    ) async throws {
        guard !allWorkspaces else { return try await workInAll(context, display) }
        for configuration in configurations {
            try await Home.run(in: configuration) { workspace in
                try await display.showing(workspace, ends: workspace.ends()) {
                    try await workspace.queue.drain(untilEmpty: untilEmpty, maxJobs: maxJobs)
                }
            }
        }
    }

    private func workInAll(_ context: CommandContext, _ display: ProgressDisplay) async throws {
        var options = options
        options.netrc = try runOptions.netrcOptions.path(context)
        let questions = PassphraseQuestions()
        try await context.home.run(options: options) { running in
            let sound = try await running.runQueues(
                untilEmpty: untilEmpty,
                maxJobs: maxJobs,
                prepare: { context.askPassphrase(for: &$0, questions) },
                failed: { await display.failed($1, in: $0.description) },
                each: { turn in
                    try await display.showing(turn.workspace, ends: turn.workspace.ends()) {
                        try await turn.drain()
                    }
                }
            )
            await display.found(sound)
        }
    }
}
