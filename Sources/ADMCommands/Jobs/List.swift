import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm list`: shows the jobs that are not finished.
struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the jobs that are not finished, and those that failed.",
        usage: "adm list [--all] [--state STATE] [--limit N] [--json]",
        discussion: """
            EXAMPLES:
              adm list
              adm list --state failed
              adm list --all --json
            """,
        aliases: ["ls"]
    )

    @Flag(name: .long, help: "Also those that succeeded or were cancelled.")
    var all = false

    @Option(
        name: .long,
        help: ArgumentHelp("Only jobs in this state. May be repeated.", valueName: "state")
    )
    var state: [JobState] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Show at most this many, newest first.", valueName: "number")
    )
    var limit: Int = 1000

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a whole number from 1 on") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let states: Set<JobState> =
            !state.isEmpty
            ? Set(state)
            : all
                ? Set(JobState.allCases)
                : Set(JobState.allCases).subtracting([.succeeded, .cancelled])
        let limit = limit
        let listing = try await WorkspaceReader.run(configuration) {
            try await $0.list(in: states, limit: limit)
        }
        try context.show(ListedJobDocument.all(listing)) {
            guard !listing.isEmpty else {
                return context.note(
                    "no such jobs in \(configuration.selection.name); adm history shows finished ones"
                )
            }
            context.table(
                ["JOB", "STATE", "DONE", "FILE", "PROBLEM"],
                listing.jobs.map {
                    [
                        "\($0.number)", $0.state.rawValue, $0.amount, $0.title,
                        $0.failure?.message ?? "",
                    ]
                }
                    + listing.unreadable.map {
                        ["\($0.number)", "unreadable", "", $0.title, $0.failure.message]
                    }
            )
        }
    }
}
