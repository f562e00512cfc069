import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `adm ws show`: shows one workspace.
struct ShowWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a workspace: where its files are, its jobs, why it is the current one.",
        usage: "adm ws show [NAME] [--json]",
        discussion: """
            EXAMPLES:
              adm ws show
              adm ws show work
            """
    )

    @Argument(
        help: ArgumentHelp("The workspace; the current one if none is given.", valueName: "name")
    )
    var name: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let choice = try await context.choice()
        let name = try name.map { (text) throws(Failure) in try WorkspaceName(text) }
        if name == nil { _ = try await context.selection() }
        let summary = try await context.home.show(name ?? choice.name)
        let isCurrent = summary.name == choice.name.description
        try context.show(WorkspaceDocument(summary, isCurrent: isCurrent)) {
            context.fields([
                ("name", summary.name),
                ("id", summary.identity?.uuidString.lowercased()),
                ("current", isCurrent ? "yes (from \(choice.origin))" : "no"),
                ("directory", summary.directory),
                ("profile", summary.layout.profile),
                ("database", summary.layout.database),
                ("jobs", summary.jobs == nil ? nil : summary.jobsText),
            ])
            for problem in summary.problems { context.warn(problem.message, hint: problem.hint) }
        }
    }
}
