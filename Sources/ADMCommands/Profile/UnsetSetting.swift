import ADMEngine
import ADMModel
import ArgumentParser

/// `adm profile unset`: takes one setting out of the profile.
struct UnsetSetting: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset",
        abstract: "Take a setting out of the profile, so that the layers below count.",
        usage: "adm profile unset KEY",
        discussion: """
            EXAMPLES:
              adm profile unset limit-rate
            """
    )

    @Argument(help: ArgumentHelp("The name of the setting.", valueName: "key"))
    var key: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let selection = try await context.selection()
        if try await !context.home.unset(key, in: selection) {
            context.note("\(key) was not set in \(selection.layout.profile)")
        }
        try await selection.reportEffect(of: key, context)
    }
}
