import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth list`: the credentials of the workspace.
struct ListCredentials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what the workspace has credentials for.",
        usage: "adm auth list [--json]",
        discussion: """
            No store is opened and no secret is read.

            EXAMPLES:
              adm auth list
              adm auth list --json
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let credentials = try await WorkspaceReader.run(configuration) {
            try await $0.credentials()
        }
        try context.show(credentials.map { CredentialDocument($0) }) {
            guard !credentials.isEmpty else {
                context.remark("the workspace \(configuration.selection.name) has no credentials")
                return
            }
            // The beginning is enough for a person; a program gets all of it.
            let isWhole = !Terminal.output.isTerminal
            context.table(
                ["ID", "TYPE", "SERVER", "PATH", "USER", "FIELD", "STORE", "EXPIRES", "USED"],
                credentials.map { credential in
                    [
                        isWhole ? credential.identifier : String(credential.identifier.prefix(8)),
                        credential.kind.rawValue,
                        "\(credential.origin)", credential.scope == "/" ? "" : credential.scope,
                        credential.user ?? "", credential.fieldName ?? "",
                        credential.store.rawValue,
                        credential.expiresAt.map {
                            credential.hasExpired() ? "expired" : $0.shown
                        } ?? "",
                        credential.usedAt?.shown ?? "",
                    ]
                }
            )
        }
    }
}
