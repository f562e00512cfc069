import ADMModel
import ArgumentParser

/// `adm queue retry`.
struct RetryJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Put failed and cancelled jobs back into the queue, with the bytes they have.",
        usage: "adm queue retry JOB… | --all | --tag WORD | --state STATE [--force]",
        discussion: """
            EXAMPLES:
              adm queue retry 3
              adm queue retry --all
              adm queue retry --force 3
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Flag(name: .long, help: "Fetch also those again that have succeeded.")
    var force = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await selection.act(
            .retry(evenSucceeded: force),
            done: "put back",
            try CommandContext(global)
        )
    }
}
