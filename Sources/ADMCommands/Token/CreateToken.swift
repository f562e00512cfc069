import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `adm token create`: makes an access token.
struct CreateToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an access token and print it, this once.",
        usage: "adm token create [--workspace NAME] [--scope read|submit|admin] [--expires TIME]",
        discussion: """
            It is for the workspace that --workspace or --profile names, whatever name that gets \
            later; otherwise for all workspaces. ADM_WORKSPACE, ADM_PROFILE and 'adm ws use' do not \
            count here. Without --expires it has no end.

            Standard output is the token alone, on one line.

            EXAMPLES:
              adm token create --workspace work --expires 30d
              adm token create --scope read --expires 2027-03-31
              TOKEN=$(adm token create --scope read --workspace work)
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What its holder may do: look; also add jobs and act on them; everything.",
            valueName: "scope"
        )
    )
    var scope: TokenScope = .submit

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When it ends: in 30d, in 12h, or at a time; never without it.",
            valueName: "time"
        )
    )
    var expires: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let isForAll = global.workspace.isEmpty && global.profile.isEmpty
        let name = isForAll ? nil : try await context.lookedAt().name
        let (token, secret) = try await context.home.createToken(
            scope: scope,
            workspace: name,
            expires: try end()
        )
        try context.show(NewTokenDocument(token, secret: secret)) {
            context.output.write(bytes: secret.bytes + [0x0A])
            context.note(
                "token \(token.id): \(token.scope.rawValue),"
                    + " \(name.map { "workspace \($0)" } ?? "all workspaces"),"
                    + " \(token.expiresAt.map { "until \($0.shown)" } ?? "without an end")"
            )
            context.note("it is not shown again; adm token revoke \(token.id) takes it away")
        }
    }

    private func end() throws(Failure) -> Date? {
        guard let expires else { return nil }
        if let span = Duration(parsing: expires) {
            return Date(timeIntervalSinceNow: span / .seconds(1))
        }
        return try TimeParser.parseEnd(expires, option: "--expires")
    }
}
