import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// The options that say which jobs are meant.
struct SelectionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The jobs.", valueName: "job"))
    var jobs: [String] = []

    @Flag(name: .long, help: "All jobs of the workspace to which this applies.")
    var all = false

    @Option(name: .long, help: ArgumentHelp("Jobs marked with this word.", valueName: "word"))
    var tag: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Jobs in this state. May be repeated.", valueName: "state")
    )
    var state: [JobState] = []

    func validate() throws {
        guard !jobs.isEmpty || all || tag != nil || !state.isEmpty else {
            throw ValidationError("say which jobs: their numbers, --tag, --state or --all")
        }
        guard jobs.isEmpty || !all && tag == nil && state.isEmpty else {
            throw ValidationError("give numbers, or choose with --all, --tag and --state")
        }
    }

    /// The jobs; of those that are chosen in general only those in states that the action is for.
    ///
    /// A name that is wrong is told to `several`, and the others count.
    private func selection(
        for action: QueueAction,
        _ engine: Workspace,
        _ several: inout Several
    ) async throws -> JobSelection {
        guard jobs.isEmpty else {
            var numbers: [Int64] = []
            for name in jobs {
                do { numbers.append(try await engine.job(name).number) } catch let failure
                    as Failure
                { several.refuse(failure) }
            }
            return JobSelection(numbers: numbers)
        }
        return JobSelection(for: action, tag: tag, in: Set(state))
    }

    /// Does something to the jobs, and says what came of it.
    ///
    /// - Parameters:
    ///   - action: What to do.
    ///   - done: What was done, as in `paused 3 jobs`.
    ///   - context: The command.
    /// - Throws: ``Failure``; `ExitCode` 8 if named jobs had no use for it, that of what was wrong if
    ///   names were.
    func act(
        _ action: QueueAction,
        done: String,
        _ context: CommandContext
    ) async throws {
        let configuration = try await context.configuration()
        let (summary, wrong) = try await Home.run(in: configuration) { engine in
            var several = Several(context)
            let chosen = try await selection(for: action, engine, &several)
            return (try await engine.queue.act(action, on: chosen), several)
        }
        var several = wrong
        let total = summary.changed + summary.requested
        if several.isWell || !summary.outcomes.isEmpty {
            let document = QueueActionDocument(summary)
            try context.show(document) {
                guard total > 0 || jobs.isEmpty else { return }
                let told =
                    summary.requested > 0
                    ? "; \(summary.requested) \(summary.requested == 1 ? "is" : "are") running elsewhere and"
                        + " \(summary.requested == 1 ? "was" : "were") notified" : ""
                context.note("\(done) \(total) \(total == 1 ? "job" : "jobs")\(told)")
            }
        }
        if !jobs.isEmpty {
            for refusal in summary.outcomes.compactMap(\.refusal) { several.refuse(refusal) }
        }
        try several.end(hasDone: total > 0)
    }
}
