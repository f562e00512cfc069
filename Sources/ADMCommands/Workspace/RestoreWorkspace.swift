import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws restore`: brings a removed workspace back.
struct RestoreWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a removed workspace back.",
        usage: "adm ws restore NAME [--as NEWNAME]",
        discussion: """
            Removed workspaces are kept for seven days. Where several had the name, the one removed \
            last comes back.

            EXAMPLES:
              adm ws restore work
              adm ws restore work --as work2
            """
    )

    @Argument(help: ArgumentHelp("Its name before it was removed.", valueName: "name"))
    var name: String

    @Option(name: .customLong("as"), help: ArgumentHelp("Its new name.", valueName: "newname"))
    var newName: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let target = try newName.map { (text) throws(Failure) in try WorkspaceName(text) }
        let name = try await context.home.restore(try WorkspaceName(name), as: target)
        let summary = try await context.home.show(name)
        try context.show(WorkspaceDocument(summary, isCurrent: false)) {
            context.note("the workspace \(name) is back")
        }
    }
}
