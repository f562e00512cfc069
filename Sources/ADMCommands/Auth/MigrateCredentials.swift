import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth migrate`: moves secrets to another store.
struct MigrateCredentials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Move secrets to another store.",
        usage: "adm auth migrate --to STORE [HOST|URL|ID]",
        discussion: """
            Each secret is copied, read back and only then removed from where it was. Interrupted, \
            the same command continues. Without a name all credentials of the workspace are moved.

            EXAMPLES:
              adm auth migrate --to file
              adm auth migrate --to keyring files.example.org
            """
    )

    @Argument(help: ArgumentHelp("The server, or the identifier.", valueName: "host, url or id"))
    var target: String?

    @Option(name: .long, help: ArgumentHelp("keyring or file.", valueName: "store"))
    var to: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let store = try CredentialStore.movable(named: to)
        let (moved, several) = try await Home.run(in: try await context.authConfiguration()) {
            engine in
            var moved: [Credential] = []
            var several = Several(context)
            let chosen = try CredentialChoice(try await engine.credentials.list())
                .all(target, mayBeSeveral: true)
            for credential in chosen {
                do throws(Failure) {
                    let now = try await engine.credentials.migrate(credential, to: store)
                    if credential.store != store { moved.append(now) }
                } catch { several.refuse(error) }
            }
            return (moved, several)
        }
        if !moved.isEmpty || several.isWell {
            try context.show(moved.map { CredentialDocument($0) }) {
                for credential in moved {
                    context.note("moved: \(credential.summary) (\(credential.store.rawValue))")
                }
                if moved.isEmpty { context.note("nothing had to be moved") }
            }
        }
        try several.end(hasDone: !moved.isEmpty)
    }
}
