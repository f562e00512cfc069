import ADMModel
import ArgumentParser

/// `adm queue resume`.
struct ResumeJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Resume paused jobs: 'adm run' runs them.",
        usage: "adm queue resume JOB… | --all | --tag WORD | --state STATE",
        discussion: """
            EXAMPLES:
              adm queue resume 3 4
              adm queue resume --tag night
              adm queue resume --all
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await selection.act(
            .resume,
            done: "resumed",
            try CommandContext(global)
        )
    }
}
