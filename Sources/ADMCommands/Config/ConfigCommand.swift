import ArgumentParser

/// `adm config`: the verbs about all settings of all layers.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show every setting and where it comes from.",
        usage: "adm config COMMAND …",
        discussion: """
            A setting comes from the first that has it: a flag, an ADM_* variable, the workspace's \
            profile.toml, the template it extends, config.toml for all workspaces, adm itself.

            EXAMPLES:
              adm config show --origin
              adm config schema > adm.schema.json
            """,
        subcommands: [ShowConfig.self, ConfigSchema.self]
    )
}
