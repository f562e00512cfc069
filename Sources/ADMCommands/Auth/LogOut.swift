import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth logout`: forgets credentials.
struct LogOut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget a credential, its secret first.",
        usage: "adm auth logout HOST|URL|ID [--force] | --all",
        discussion: """
            Where several credentials are for the server, name one by its path or by the \
            identifier that 'adm auth list' shows, or all of them with --all.

            EXAMPLES:
              adm auth logout files.example.org
              adm auth logout https://files.example.org/private
              adm auth logout --all
            """
    )

    @Argument(help: ArgumentHelp("The server, or the identifier.", valueName: "host, url or id"))
    var target: String?

    @Flag(name: .long, help: "All credentials for the server, or of the workspace.")
    var all = false

    @Flag(name: .long, help: "Forget it even if its secret cannot be removed.")
    var force = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard target != nil || all else { throw ValidationError("name a server, or give --all") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.authConfiguration()
        let (gone, several) = try await Home.run(in: configuration) { engine in
            let chosen = try CredentialChoice(try await engine.credentials.list())
                .all(target, mayBeSeveral: all)
            var gone: [Credential] = []
            var several = Several(context)
            for credential in chosen {
                do throws(Failure) {
                    try await engine.credentials.logOut(credential, force: force)
                    gone.append(credential)
                } catch { several.refuse(error) }
            }
            return (gone, several)
        }
        if !gone.isEmpty || several.isWell {
            try context.show(gone.map { CredentialDocument($0) }) {
                for credential in gone { context.note("forgotten: \(credential.summary)") }
                if gone.isEmpty { context.note("there are no credentials") }
            }
        }
        try several.end(hasDone: !gone.isEmpty)
    }
}
