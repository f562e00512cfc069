import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `adm auth login`: keeps a credential.
struct LogIn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Keep a credential for a server.",
        usage: "adm auth login HOST|URL [--type TYPE] [--user NAME] [OPTIONS]",
        discussion: """
            A host is meant with https and its usual port; a URL says scheme, port and, where it \
            has one, the path that the credential is for. Logging in again for the same replaces \
            the credential.

            The secret is asked for, or read from standard input up to its end; one line feed at \
            the end is left out.

            EXAMPLES:
              adm auth login files.example.org --user alice
              adm auth login https://api.example.org/v1 --type bearer --expires +30d
              adm auth login api.example.org --type header --header-name X-Api-Key
              adm auth login http://proxy.example:3128 --type proxy --user alice
              printf %s "$TOKEN" | adm auth login api.example.org --token-stdin
            """
    )

    @Argument(help: ArgumentHelp("The server, or the proxy.", valueName: "host or url"))
    var target: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "basic, digest, bearer, header, cookie or proxy; basic if nothing says otherwise.",
            valueName: "type"
        )
    )
    var type: String?

    @Option(name: .long, help: ArgumentHelp("The user name.", valueName: "name"))
    var user: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The header field, for --type header.", valueName: "name")
    )
    var headerName: String?

    @Flag(name: .long, help: "Read the password from standard input.")
    var passwordStdin = false

    @Flag(
        name: .long,
        help: "Read a token from standard input; without --type it is a bearer token."
    )
    var tokenStdin = false

    @Option(
        name: .long,
        help: ArgumentHelp("Send it only for this path and below.", valueName: "path")
    )
    var scope: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Do not send it after this time.", valueName: "time")
    )
    var expires: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Keep it in this store: keyring, file or command.", valueName: "store")
    )
    var store: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !passwordStdin || !tokenStdin else {
            throw ValidationError("--password-stdin and --token-stdin are two names for one thing")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.authConfiguration()
        var credential = try credential(configuration.settings.credentials)
        if credential.kind.hasUser, credential.user == nil {
            credential.user = try context.ask("User name: ", insteadGive: "--user NAME")
        }
        if credential.origin.scheme == "http", credential.kind != .proxy, credential.kind != .digest
        {
            context.warn(
                "\(credential.origin) is not encrypted: everybody on the way can read the secret",
                hint: "log in for https://\(credential.origin.host) if the server has it"
            )
        }
        let secret = credential.store.isWritable ? try secret(for: credential, context) : nil
        let login = Login(credential, secret: secret)
        let outcome = try await Home.run(in: configuration) { engine in
            try await engine.credentials.logIn(login)
        }
        let saved = outcome.credential
        if let leftover = outcome.leftover {
            context.warn(
                "the secret that it takes the place of is still in its store: \(leftover.message)"
            )
        }
        try context.show(CredentialDocument(saved)) {
            let place = "\(saved.store.rawValue), workspace \(configuration.selection.name)"
            context.note("saved: \(saved.summary) (\(place))")
            if let earlier = outcome.earlier,
                earlier.user != saved.user || earlier.kind != saved.kind
            {
                context.note("it takes the place of \(earlier.summary)")
            }
        }
    }

    private func credential(_ settings: CredentialSettings) throws(Failure) -> Credential {
        let kind = CredentialKind(
            rawValue: type ?? (headerName != nil ? "header" : tokenStdin ? "bearer" : "basic")
        )
        let (origin, path) = try LoginTarget.parse(target, isProxy: kind == .proxy)
        return Credential(
            kind: kind,
            origin: origin,
            scope: try scope.map(CredentialScope.parse) ?? path,
            user: user,
            fieldName: headerName,
            store: try CredentialStore.writable(named: store, or: settings.store),
            expiresAt: try expires.map { (text) throws(Failure) in
                try TimeParser.parseEnd(text, option: "--expires")
            }
        )
    }

    private func secret(
        for credential: Credential,
        _ context: CommandContext
    ) throws(Failure) -> Secret {
        if passwordStdin || tokenStdin { return try SecretInput.standardInput() }
        guard context.canAsk else {
            throw Failure(
                .usage,
                "there is no terminal to ask for the secret on",
                hint: "give it on standard input with --password-stdin or --token-stdin"
            )
        }
        let what = credential.kind.hasUser ? "Password" : "Secret"
        return try SecretInput.ask("\(what) for \(credential.summary): ")
    }
}
