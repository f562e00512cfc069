import ADMEngine
import ADMModel
import ADMSystem

/// User names and passwords that stand in URLs, on their way into the store of the workspace.
///
/// A URL is kept in the database and shown; so what is secret in it is taken out first.
struct URLCredentials: Sendable {
    private let store: CredentialStore?
    private let mayLend: Bool
    private var kept: [Login] = []
    private var pending: [Login] = []

    /// With `mayLend`, what no store can keep is used for the run of this command.
    init(_ settings: CredentialSettings, mayLend: Bool = false) {
        store = settings.store
        self.mayLend = mayLend
    }

    /// The URL without user name and password.
    ///
    /// - Throws: ``Failure`` with `usage` if it has a user name and no password, `refused` if the
    ///   workspace has no store that adm can put it into.
    mutating func clean(_ url: String) throws(Failure) -> String {
        guard url.utf8.contains(0x40),
            let (plain, login) = try URLLogin.take(from: url, into: store ?? .keyring)
        else { return url }
        OwnProcess.concealMemory()
        guard mayLend || store?.isWritable == true else {
            throw Failure(
                .refused,
                "the URL holds a password, and the workspace has no store to keep it in:"
                    + " \(SourceURL.redact(url))",
                hint: "leave it out of the URL"
            )
        }
        let same = kept.first {
            $0.credential.origin == login.credential.origin
                && $0.credential.scope == login.credential.scope
        }
        if let same {
            guard isSame(same, login) else {
                throw Failure(
                    .usage,
                    "two URLs hold different passwords for \(login.credential.origin)"
                        + "\(login.credential.scope)",
                    hint: "a workspace keeps one for each path; use another workspace for the other"
                )
            }
        } else {
            kept.append(login)
            pending.append(login)
        }
        return plain
    }

    /// Forgets what could not be kept, so that it is tried again.
    mutating func forget(_ logins: [Login]) {
        kept = kept.filter { login in !logins.contains { isSame($0, login) } }
    }

    /// What was found since the last call.
    mutating func takePending() -> [Login] {
        defer { pending = [] }
        return pending
    }

    /// Keeps what was found, and says so; with `orLend`, what cannot be kept is used in this run alone.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if it cannot be kept.
    static func keep(
        _ logins: [Login],
        with engine: Workspace,
        orLend: Bool = false,
        warn: (String, String) async -> Void
    ) async throws(Failure) {
        for login in logins {
            let store = engine.configuration.settings.credentials.store
            if orLend, store?.isWritable != true {
                let reason = "credential-store is \(store?.rawValue ?? "none")"
                try await lend(login, because: reason, with: engine, warn)
                continue
            }
            let outcome: SavedLogin
            do { outcome = try await engine.logIn(login) } catch {
                if orLend, error.code == .credentialStore {
                    try await lend(login, because: error.message, with: engine, warn)
                    continue
                }
                throw Failure(
                    error.code,
                    "the password in the URL for \(login.credential.origin) cannot be kept:"
                        + " \(error.message)",
                    hint: error.hint,
                    cause: error.cause
                )
            }
            let saved = outcome.credential
            if let earlier = outcome.earlier,
                earlier.kind != saved.kind || earlier.user != saved.user
            {
                await warn(
                    "the credential \(earlier.summary) was replaced by the one in the URL",
                    "adm auth login \(saved.origin) stores the earlier one again"
                )
            }
            await warn(
                "the password of \(saved.user ?? "") was moved from the URL into the store"
                    + " \(saved.store.rawValue), for \(saved.origin)\(saved.scope)",
                "it may still be in the history of your shell; leave it out of the URL from now on"
            )
        }
    }

    private static func lend(
        _ login: Login,
        because reason: String,
        with engine: Workspace,
        _ warn: (String, String) async -> Void
    ) async throws(Failure) {
        try await engine.lend(login)
        let origin = login.credential.origin
        await warn(
            "the password in the URL for \(origin) is used in this run and not kept: \(reason)",
            "to keep it in an encrypted file: adm profile set credential-store file, then"
                + " adm auth login \(origin) --user \(login.credential.user ?? "NAME")"
        )
    }

    private func isSame(_ left: Login, _ right: Login) -> Bool {
        guard let first = left.secret, let second = right.secret else { return false }
        return left.credential.origin == right.credential.origin
            && left.credential.scope == right.credential.scope
            && left.credential.user == right.credential.user && first.equals(second)
    }
}
