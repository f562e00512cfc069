import ArgumentParser

/// `adm token`: the verbs about access tokens of the daemon.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Let programs use the daemon: make, list and revoke access tokens.",
        usage: "adm token COMMAND …",
        discussion: """
            Whoever has a token may do what its scope says: read looks, submit also adds jobs and \
            acts on them, admin does everything. A token is shown once, when it is made; adm keeps \
            a hash of it. Logins for servers are kept by 'adm auth'.

            EXAMPLES:
              adm token create --workspace work --expires 30d
              adm token list
              adm token revoke 3f9a07c2
            """,
        subcommands: [CreateToken.self, ListTokens.self, RevokeToken.self]
    )
}
