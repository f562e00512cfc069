import ADMModel
import ArgumentParser

/// `adm queue cancel`.
struct CancelJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stop jobs for good; their part files are kept until 'adm rm'.",
        usage: "adm queue cancel JOB… | --all | --tag WORD | --state STATE",
        discussion: """
            EXAMPLES:
              adm queue cancel 3 4
              adm queue cancel --tag night
              adm queue cancel --all
            """
    )

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await selection.act(
            .cancel,
            done: "cancelled",
            try CommandContext(global)
        )
    }
}
