import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm config show`: lists every setting that counts.
struct ShowConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "List every setting with the value that counts.",
        usage: "adm config show [--origin] [--json]",
        discussion: """
            EXAMPLES:
              adm config show
              adm -w work config show --origin
            """
    )

    @Flag(name: .long, help: "Show where each value comes from: file and line, variable, flag.")
    var origin = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let selection = try await context.lookedAt()
        let entries = try await context.settings(for: selection).entries
        try context.show(entries.map(SettingDocument.init)) {
            if context.isVerbose {
                context.note("workspace \(selection.name) (from \(selection.origin))")
            }
            context.table(
                ["NAME", "VALUE"] + (origin ? ["ORIGIN"] : []),
                entries.map {
                    [$0.name, $0.value] + (origin ? [$0.origin.description] : [])
                }
            )
        }
    }
}
