import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm token revoke`: takes access tokens away.
struct RevokeToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take access tokens away; the next request with one is refused.",
        usage: "adm token revoke ID…",
        discussion: """
            The identifiers are those that 'adm token list' shows; the token itself does as well.

            EXAMPLES:
              adm token revoke 3f9a07c2
              adm token revoke 3f9a07c2 81b5e0d4
            """
    )

    @Argument(help: ArgumentHelp("The identifiers of the tokens.", valueName: "id"))
    var ids: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        var several = Several(context)
        var revoked: [AccessToken] = []
        for id in ids {
            do throws(Failure) {
                revoked.append(try await context.home.revokeToken(id))
            } catch { several.refuse(error) }
        }
        if !revoked.isEmpty || several.isWell {
            try context.show(revoked.map { TokenDocument($0) }) {
                for token in revoked { context.note("revoked the token \(token.id)") }
            }
        }
        try several.end(hasDone: !revoked.isEmpty)
    }
}
