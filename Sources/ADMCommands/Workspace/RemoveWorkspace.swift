import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws rm`: moves a workspace to the trash.
struct RemoveWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove a workspace; 'adm ws restore' brings it back for seven days.",
        usage: "adm ws rm NAME [--delete-files] [--yes]",
        discussion: """
            Downloads stay, unless --delete-files is given: then the files that adm saved are deleted \
            at once, and they do not come back. The current workspace and default are not removed.

            EXAMPLES:
              adm ws rm work
              adm ws rm work --delete-files --yes
            """,
        aliases: ["remove"]
    )

    @Argument(help: ArgumentHelp("The workspace.", valueName: "name"))
    var name: String

    @Flag(name: .long, help: "Delete the files that adm saved for it, too.")
    var deleteFiles = false

    @Flag(name: .long, help: "Do not ask. Needed if there is no terminal.")
    var yes = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let name = try WorkspaceName(name)
        let choice = try await context.choice()
        try await context.home.checkRemovable(name, choice: choice)
        let summary = try await context.home.show(name)
        try confirm(summary, context)
        let removal = try await context.home.remove(
            name,
            deleteFiles: deleteFiles,
            choice: choice,
            expecting: summary.identity
        )
        try context.show(
            RemovalDocument(
                TrashDocument(removal.trashed),
                deleted: removal.deletedFiles,
                kept: removal.keptFiles.map { ($0.path, $0.reason) }
            )
        ) {
            context.note(
                "removed \(name); until \(removal.trashed.expiresAt.shown)"
                    + " adm ws restore \(name) brings it back"
            )
            if deleteFiles { context.note("deleted \(removal.deletedFiles.count) files") }
        }
        for file in removal.keptFiles { context.warn("kept \(file.path): \(file.reason)") }
        if let current = removal.newCurrent { context.note("adm ws use now names \(current)") }
    }

    private func confirm(_ summary: WorkspaceSummary, _ context: CommandContext) throws {
        let directory = summary.directory ?? "their directory"
        let fate = deleteFiles ? "files adm saved are DELETED" : "files stay"
        context.note(
            "workspace \"\(name)\" (named on the command line):"
                + " \(summary.unfinishedCount) unfinished jobs; \(fate) in \(directory)"
        )
        guard !yes else { return }
        let answer = try context.ask(
            "type its name to remove it: ",
            insteadGive: "--yes"
        )
        guard answer == name else {
            throw Failure(.cancelled, "the workspace \"\(name)\" was not removed")
        }
    }
}
