import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm profile get`: prints one setting as it counts in the workspace.
struct GetSetting: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the value of a setting that counts in the workspace.",
        usage: "adm profile get KEY [--json]",
        discussion: """
            It may come from another layer than the profile; 'adm config show --origin' tells.

            EXAMPLES:
              adm profile get limit-rate
            """
    )

    @Argument(help: ArgumentHelp("The name of the setting.", valueName: "key"))
    var key: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let entries = try await context.settings(for: context.lookedAt()).entries
        guard let entry = entries.first(where: { $0.name == key }) else {
            let nearest = NearestWord.to(key, in: entries.map(\.name))
            throw Failure(
                .configuration,
                "there is no setting \(key.debugDescription)",
                hint: nearest.map { "did you mean \($0)?" } ?? "adm config show lists them"
            )
        }
        try context.show(SettingDocument(entry)) { context.say(SettingText.plain(entry.value)) }
    }
}
