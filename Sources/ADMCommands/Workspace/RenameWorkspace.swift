import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws rename`: gives a workspace another name.
struct RenameWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a workspace another name.",
        usage: "adm ws rename NAME NEWNAME",
        discussion: """
            Its identity, jobs and settings stay; files that were saved stay where they are. Refused \
            while a process runs jobs or the queue in it.

            EXAMPLES:
              adm ws rename work acme
            """
    )

    @Argument(help: ArgumentHelp("The workspace.", valueName: "name"))
    var name: String

    @Argument(help: ArgumentHelp("Its new name.", valueName: "newname"))
    var newName: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let target = try WorkspaceName(newName)
        try await context.home.rename(try WorkspaceName(name), to: target)
        let summary = try await context.home.show(target)
        let isCurrent = (try? await context.choice().name) == target
        try context.show(WorkspaceDocument(summary, isCurrent: isCurrent)) {
            context.note("renamed the workspace \(name) to \(newName)")
            if let directory = summary.directory {
                context.note("new downloads go to \(directory)")
            }
        }
    }
}
