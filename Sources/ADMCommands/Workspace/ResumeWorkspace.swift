import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws resume`: resumes the jobs of a paused workspace.
struct ResumeWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Resume the jobs of a paused workspace.",
        usage: "adm ws resume NAME",
        discussion: """
            EXAMPLES:
              adm ws resume work
            """
    )

    @Argument(help: ArgumentHelp("The workspace.", valueName: "name"))
    var name: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let name = try WorkspaceName(name)
        let share = try await context.home.setShare(of: name, ShareChange(isPaused: false))
        try context.show(ShareDocument(share)) { context.note("the jobs of \(name) are resumed") }
    }
}
