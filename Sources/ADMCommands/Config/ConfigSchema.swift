import ADMEngine
import ArgumentParser

/// `adm config schema`: prints a JSON Schema of profiles.
struct ConfigSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print a JSON Schema of profile.toml, for editors that check as you type.",
        usage: "adm config schema [--config]",
        discussion: """
            EXAMPLES:
              adm config schema > ~/.config/adm.schema.json
            """
    )

    @Flag(name: .long, help: "The schema of config.toml instead.")
    var config = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        context.say(config ? SettingsReference.configSchema : SettingsReference.profileSchema)
        try context.output.check()
    }
}
