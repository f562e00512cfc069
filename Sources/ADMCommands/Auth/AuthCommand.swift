import ArgumentParser

/// `adm auth`: the verbs about credentials.
struct AuthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth",
        abstract: "Keep credentials for servers, sealed in this workspace.",
        usage: "adm auth COMMAND …",
        discussion: """
            Secrets are kept in the keyring of the desktop, or where the setting credential-store \
            says. They are typed without being shown or come on standard input, never as an \
            argument, and are sent only to the server and path that they were stored for.

            EXAMPLES:
              adm auth login files.example.org --user alice
              pass show work/token | adm auth login https://api.example.org/v1 --token-stdin
              adm auth list
              adm auth test https://files.example.org/private/file.iso
              adm auth logout files.example.org
            """,
        subcommands: [
            LogIn.self, LogOut.self, ListCredentials.self, CredentialStatusCommand.self,
            TestCredential.self, RevealToken.self, UnlockKeyring.self, MigrateCredentials.self,
        ]
    )
}
