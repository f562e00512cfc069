public import ADMModel
import ADMSystem

/// User names and passwords that stand in URLs, on their way into the store of the workspace.
///
/// A URL is kept in the database and shown; so what is secret in it is taken out first. Give what
/// ``takePending()`` returns to ``WorkspaceCredentials/keep(_:orLend:)`` before the job is added.
public struct URLCredentials: Sendable {
    private let store: CredentialStore?
    private let mayLend: Bool
    private var kept: [Login] = []
    private var pending: [Login] = []

    /// With `mayLend`, what no store can keep is used for the run of this command.
    public init(_ settings: CredentialSettings, mayLend: Bool = false) {
        store = settings.store
        self.mayLend = mayLend
    }

    /// The URL without user name and password; from the first password on, other processes cannot read the
    /// memory of this one.
    ///
    /// - Throws: ``Failure`` with `usage` if it has a user name and no password, or another password than an
    ///   earlier URL for the same place, `refused` if the workspace has no store that adm can put it into.
    public mutating func clean(_ url: String) throws(Failure) -> String {
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
    public mutating func forget(_ logins: [Login]) {
        kept = kept.filter { login in !logins.contains { isSame($0, login) } }
    }

    /// What was found since the last call.
    public mutating func takePending() -> [Login] {
        defer { pending = [] }
        return pending
    }

    private func isSame(_ left: Login, _ right: Login) -> Bool {
        guard let first = left.secret, let second = right.secret else { return false }
        return left.credential.origin == right.credential.origin
            && left.credential.scope == right.credential.scope
            && left.credential.user == right.credential.user && first.equals(second)
    }
}
