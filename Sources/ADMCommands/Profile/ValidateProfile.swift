import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm profile validate`: checks the profile and the layers below it.
struct ValidateProfile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the profile, config.toml and the ADM_* variables.",
        usage: "adm profile validate [--json]",
        discussion: """
            Ends with status 2 and names file, line and column where something is wrong.

            EXAMPLES:
              adm profile validate && adm download https://example.org/file.iso
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global, warnsOfVariables: false)
        let selection = try await context.lookedAt()
        try await context.home.validate(selection)
        let path = selection.layout.profile
        try context.show(ProfileCheckDocument(path: path)) { context.note("\(path) is valid") }
    }
}
