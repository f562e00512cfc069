import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm profile show`: prints the text of the profile.
struct ShowProfile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the profile as it is written.",
        usage: "adm profile show [--json]",
        discussion: """
            EXAMPLES:
              adm profile show
              adm -w work profile show
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let selection = try await context.lookedAt()
        let text = try await context.home.profile(of: selection)
        let document = ProfileDocument(
            workspace: selection.name,
            path: selection.layout.profile,
            text: text
        )
        try context.show(document) {
            context.note("# \(selection.layout.profile)")
            context.say(text, terminator: "")
        }
    }
}
