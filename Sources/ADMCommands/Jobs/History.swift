import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm history`: shows the jobs that are finished.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the finished jobs, newest first.",
        usage: "adm history [--failed] [--limit N] [--json]",
        discussion: """
            EXAMPLES:
              adm history
              adm history --limit 5 --json
            """
    )

    @Flag(name: .long, help: "Only those that failed.")
    var failed = false

    @Option(name: .long, help: ArgumentHelp("Show at most this many.", valueName: "number"))
    var limit: Int = 50

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a whole number from 1 on") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let states: Set<JobState> = failed ? [.failed] : [.succeeded, .failed, .cancelled]
        let limit = limit
        let listing = try await WorkspaceReader.run(configuration) {
            try await $0.history(in: states, limit: limit)
        }
        try context.show(ListedJobDocument.all(listing)) {
            guard !listing.isEmpty else {
                return context.note("nothing is finished yet in \(configuration.selection.name)")
            }
            context.table(
                ["JOB", "STATE", "FINISHED", "SIZE", "TIME", "FILE", "PROBLEM"],
                listing.jobs.map {
                    [
                        "\($0.number)", $0.state.rawValue, $0.finishedAt?.shown ?? "", $0.amount,
                        $0.transferSeconds > 0 ? DurationText.elapsed($0.transferSeconds) : "",
                        $0.title, $0.failure?.message ?? "",
                    ]
                }
                    + listing.unreadable.map {
                        ["\($0.number)", "unreadable", "", "", "", $0.title, $0.failure.message]
                    }
            )
        }
    }
}
