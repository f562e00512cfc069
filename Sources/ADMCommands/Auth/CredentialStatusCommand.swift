import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm auth status`: whether every secret can be had now.
struct CredentialStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell whether each credential can be used now.",
        usage: "adm auth status [--json]",
        discussion: """
            Reads every secret from its store and shows none. The exit status is 13 where a store \
            is locked or cannot be reached, 4 where a credential has expired.

            EXAMPLES:
              adm auth status
              adm auth status --json
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.authConfiguration()
        let (keyring, statuses) = try await Home.run(in: configuration) { engine in
            let statuses = try await engine.credentials.status()
            return (await engine.credentials.keyringState(), statuses)
        }
        let name = configuration.selection.name
        let store = configuration.settings.credentials.store
        let document = CredentialStatusDocument(
            workspace: name,
            store: store,
            keyring: keyring,
            statuses
        )
        try context.show(document) {
            context.fields([
                ("workspace", name.description), ("store", store?.rawValue ?? "none"),
                ("keyring", keyring.shown),
            ])
            if !statuses.isEmpty { context.say("") }
            for status in statuses {
                let mark = status.failure == nil ? "usable" : "not usable"
                context.say("\(mark): \(status.credential.summary)")
            }
        }
        let failures = statuses.compactMap(\.failure)
        var said: Set<String> = []
        for failure in failures where said.insert(failure.message).inserted {
            context.report(failure)
        }
        if failures.contains(where: { $0.code == .credentialStore }) {
            throw ExitCode(Failure.Code.credentialStore.exitCode)
        }
        if let first = failures.first { throw ExitCode(first.code.exitCode) }
    }
}

extension StoreState {
    /// The state in words.
    fileprivate var shown: String {
        switch self {
        case .ready: "open"
        case .locked: "locked"
        case .empty: "there is none yet"
        case .refused: "not unlocked"
        case .timeout: "does not answer"
        case .libraryMissing: "libsecret is not installed"
        case .unavailable(let reason): "cannot be reached (\(reason))"
        case .notFound: "open"
        }
    }
}
