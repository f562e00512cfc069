import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm queue clear`: forgets finished jobs.
struct ClearQueue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Forget finished jobs, with the part files of failed ones; saved files stay.",
        usage: "adm queue clear [--state STATE] [--yes]",
        discussion: """
            Without --state: those that succeeded, failed or were cancelled.

            EXAMPLES:
              adm queue clear --state succeeded
              adm queue clear --yes
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp("succeeded, failed or cancelled. May be repeated.", valueName: "state")
    )
    var state: [JobState] = []

    @Flag(name: .long, help: "Do not ask. Needed if there is no terminal.")
    var yes = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let wrong = state.first(where: { !$0.isFinal }) {
            throw ValidationError(
                "--state \(wrong.rawValue) is not finished: adm queue cancel stops such jobs"
            )
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.configuration()
        let selection = configuration.selection
        let states: Set<JobState> =
            state.isEmpty ? [.succeeded, .failed, .cancelled] : Set(state)
        let cleared = try await Home.run(in: configuration) { engine in
            let counts = try await engine.counts()
            let count = states.map { counts[$0, default: 0] }.reduce(0, +)
            guard count > 0 else { return ClearedJobs() }
            try confirm(count, selection, context)
            return try await engine.queue.clear(states)
        }
        var several = Several(context)
        for failure in cleared.failures { several.refuse(failure) }
        try context.show(ClearedJobsDocument(count: cleared.count)) {
            let jobs = cleared.count == 1 ? "job" : "jobs"
            context.note("forgot \(cleared.count) \(jobs) of \(selection.name)")
        }
        try several.end(hasDone: cleared.count > 0)
    }

    private func confirm(
        _ count: Int,
        _ selection: WorkspaceSelection,
        _ context: CommandContext
    ) throws {
        guard !yes else { return }
        context.note(
            "This forgets \(count) finished \(count == 1 ? "job" : "jobs") of the workspace"
                + " \"\(selection.name)\" (from \(selection.origin)); saved files stay"
        )
        let answer = try context.ask("forget them? [y/N] ", insteadGive: "--yes")
        guard ["y", "yes"].contains(answer.lowercased()) else {
            throw Failure(.cancelled, "nothing was forgotten")
        }
    }
}
