import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm ws create`: makes a workspace.
struct CreateWorkspace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a workspace.",
        usage: "adm ws create NAME [--dir PATH] [--template TEMPLATE] [--use]",
        discussion: """
            A template is a shipped profile; the new one extends it and can change every setting of \
            it. Templates: \(SettingsReference.templates.joined(separator: ", ")).

            EXAMPLES:
              adm ws create work
              adm ws create work --template metered --dir ~/work/downloads --use
            """
    )

    @Argument(help: ArgumentHelp("1 to 63 of a-z 0-9 . _ -", valueName: "name"))
    var name: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Save its downloads here.", valueName: "path"),
        completion: .directory
    )
    var dir: String?

    @Option(name: .long, help: ArgumentHelp("Begin with this shipped profile.", valueName: "name"))
    var template = "default"

    @Flag(name: .long, help: "Choose it at once, as 'adm ws use' does.")
    var use = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if dir?.isEmpty == true { throw ValidationError("--dir is empty") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let name = try WorkspaceName(name)
        let (layout, use) = try await context.home.create(
            name,
            directory: try dir.map { try context.absolutePath($0) },
            template: template,
            use: use
        )
        let summary = try await context.home.show(name)
        try context.show(WorkspaceDocument(summary, isCurrent: use != nil)) {
            context.note("created the workspace \(name) in \(layout.root)")
            if let directory = summary.directory { context.note("downloads go to \(directory)") }
        }
        if let use { use.report(in: context) }
    }
}
