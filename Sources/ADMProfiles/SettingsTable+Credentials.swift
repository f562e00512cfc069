import ADMModel

extension SettingsTable {
    /// Where secrets come from.
    static let credentials: [SettingDefinition] = [
        SettingDefinition(
            "credential-store",
            .choice(CredentialStore.selectable.map(\.rawValue) + ["none"]),
            .text(CredentialStore.keyring.rawValue),
            "Where 'adm auth login' keeps secrets; with systemd and environment they are also looked"
                + " for there, with none no stored credential is used"
        ),
        SettingDefinition(
            "credential-command",
            .command,
            .unset,
            "The command of the store 'command', run without a shell; {host}, {port}, {scheme},"
                + " {user}, {id} and {workspace} are filled in",
            places: [.profile, .config],
            restriction: "a command that runs by itself belongs into a file that only you can write"
        ),
        SettingDefinition(
            "credential-key-file",
            .path,
            .unset,
            "The file with the key of the store 'file'; without it adm asks for a passphrase"
        ),
    ]
}
