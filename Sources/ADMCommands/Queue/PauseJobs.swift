import ADMModel
import ArgumentParser

/// `adm queue pause`.
struct PauseJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold jobs until they are resumed; running ones after a checkpoint.",
        usage: "adm queue pause JOB… | --all | --tag WORD | --state STATE",
        discussion: """
            EXAMPLES:
              adm queue pause 3 4
              adm queue pause --tag night
              adm queue pause --all
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await selection.act(
            .pause,
            done: "paused",
            try CommandContext(global)
        )
    }
}
