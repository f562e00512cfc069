import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth token`: prints a secret, if somebody really asks for it.
struct RevealToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a secret.",
        usage: "adm auth token HOST|URL|ID --reveal [--yes]",
        discussion: """
            Without --reveal nothing is printed. If standard output is not a terminal, --yes says \
            that the secret may go into a pipe or a file.

            EXAMPLES:
              adm auth token files.example.org --reveal
              adm auth token api.example.org --reveal --yes | some-program --password-stdin
            """
    )

    @Argument(help: ArgumentHelp("The server, or the identifier.", valueName: "host, url or id"))
    var target: String

    @Flag(name: .long, help: "Print the secret.")
    var reveal = false

    @Flag(name: .long, help: "Also if standard output is not a terminal.")
    var yes = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        guard reveal else {
            throw Failure(
                .refused,
                "a secret is printed only with --reveal",
                hint: "adm auth token \(target) --reveal"
            )
        }
        guard yes || Terminal.output.isTerminal else {
            throw Failure(
                .refused,
                "standard output is not a terminal: the secret would go into a pipe or a file",
                hint: "--yes says that it may"
            )
        }
        let secret = try await Home.run(in: try await context.authConfiguration()) { engine in
            let credential = try CredentialChoice(try await engine.credentials.list()).one(target)
            return try await engine.credentials.secret(of: credential)
        }
        context.output.write(bytes: secret.bytes + [0x0A])
        try context.output.check()
    }
}
