import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws pause`: starts no job of a workspace until it is resumed.
struct PauseWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start no job of a workspace until it is resumed.",
        usage: "adm ws pause NAME [--now]",
        discussion: """
            Running transfers end, or with --now stop after a checkpoint and continue later.

            EXAMPLES:
              adm ws pause work
              adm ws pause work --now
            """
    )

    @Argument(help: ArgumentHelp("The workspace.", valueName: "name"))
    var name: String

    @Flag(name: .long, help: "Stop running transfers after a checkpoint.")
    var now = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let name = try WorkspaceName(name)
        let share = try await context.home.setShare(
            of: name,
            ShareChange(isPaused: true),
            yielding: now
        )
        try context.show(ShareDocument(share)) {
            context.note("\(name) is paused; adm ws resume \(name) resumes its jobs")
        }
    }
}
