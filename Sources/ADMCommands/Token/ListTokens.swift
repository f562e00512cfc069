import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `adm token list`: shows the access tokens.
struct ListTokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the access tokens; never a secret.",
        usage: "adm token list [--json]",
        discussion: """
            Those of all workspaces, and those that have ended until they are revoked.

            EXAMPLES:
              adm token list
              adm token list --json
            """,
        aliases: ["ls"]
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let tokens = try await context.home.tokens()
        try context.show(tokens.map { TokenDocument($0) }) {
            guard !tokens.isEmpty else { return context.remark("there are no access tokens") }
            context.table(
                ["ID", "SCOPE", "WORKSPACE", "CREATED", "EXPIRES"],
                tokens.map { token in
                    [
                        token.id, token.scope.rawValue, token.place, token.createdAt.shown,
                        token.expiresAt.map { token.isExpired() ? "expired" : $0.shown } ?? "",
                    ]
                }
            )
        }
    }
}

extension AccessToken {
    /// Where it counts: the name of a workspace, its UUID if it was removed, or `all`, which is no name.
    fileprivate var place: String {
        workspaceName ?? workspace?.uuidString.lowercased() ?? "all"
    }
}
