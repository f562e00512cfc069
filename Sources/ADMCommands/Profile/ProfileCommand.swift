import ArgumentParser

/// `adm profile`: the verbs about the settings of one workspace.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Read and change the settings of a workspace.",
        usage: "adm profile COMMAND …",
        discussion: """
            The profile is the file profile.toml of the workspace. 'adm config show' lists all \
            settings, also those that other layers decide.

            EXAMPLES:
              adm profile set limit-rate 2MiB
              adm --workspace work profile edit
            """,
        subcommands: [
            ShowProfile.self, GetSetting.self, SetSetting.self, UnsetSetting.self,
            EditProfile.self, ValidateProfile.self,
        ]
    )
}
