import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws use`: chooses a workspace for the commands that name none.
struct UseWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use",
        abstract: "Choose the workspace for commands that name none.",
        usage: "adm ws use NAME|-",
        discussion: """
            The choice counts in every terminal, until another one is made. - chooses the one before.

            EXAMPLES:
              adm ws use work
              adm ws use -
            """
    )

    @Argument(help: ArgumentHelp("The workspace, or - for the one before.", valueName: "name"))
    var name: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let use =
            name == "-"
            ? try await context.home.usePrevious()
            : try await context.home.use(try WorkspaceName(name))
        try context.show(WorkspaceChoiceDocument(use.name, previous: use.previous)) {}
        use.report(in: context)
    }
}

extension WorkspaceUse {
    /// Says what was chosen, and what keeps the choice from counting in this shell.
    func report(in context: CommandContext) {
        context.note("\(name) is the current workspace now (before: \(previous))")
        if let variable = overriddenBy, let name = overridingName {
            context.warn("\(variable)=\(name) still wins in this shell", hint: "unset \(variable)")
        }
    }
}
