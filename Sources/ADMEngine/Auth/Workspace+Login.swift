import ADMCatalog
public import ADMModel
import ADMSecrets
import Foundation

extension Workspace {
    /// Keeps a credential, in place of the one for the same slot and path.
    ///
    /// The secret is kept beside the earlier one and read back; only then does the workspace know of it,
    /// and the earlier one is removed. If the keyring is locked or missing and somebody can answer, the desktop asks for its
    /// password.
    ///
    /// - Throws: ``Failure`` with `usage` for a secret that cannot be sent, `credentialStore` if it
    ///   cannot be kept; then what was there before still is.
    /// - Returns: The credential, and what became of the one that it took the place of.
    public func logIn(
        _ login: Login
    ) async throws(Failure) -> SavedLogin {
        let credential = login.credential
        try LoginCheck.check(credential, login.secret)
        if let secret = login.secret {
            if credential.store == .keyring { try await openKeyring() }
            try await stores[credential.store].save(secret, for: credential)
        } else if try await stores[credential.store].read(credential) == nil {
            throw .missingSecret(credential)
        }
        let earlier = try await catalog.credentials.record(credential)
        var leftover: Failure?
        if let earlier {
            // It is not sent any more; that its store cannot be opened now is no failure of this login.
            do { try await stores[earlier.store].remove(earlier) } catch { leftover = error }
        }
        return SavedLogin(credential: credential, earlier: earlier, leftover: leftover)
    }

    /// Opens the keyring, or makes the first one; the desktop asks for its password.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    public func unlockKeyring() async throws(Failure) {
        guard await stores.keyring.state() != .ready else { return }
        try await stores.keyring.unlock()
    }

    private func openKeyring() async throws(Failure) {
        let state = await stores.keyring.state()
        guard state == .locked || state == .empty, configuration.prompt.isInteractive else {
            return
        }
        try await stores.keyring.unlock()
    }
}

/// What can be told of a credential before it is kept.
enum LoginCheck {
    static func check(_ credential: Credential, _ secret: Secret?) throws(Failure) {
        guard CredentialKind.known.contains(credential.kind) else {
            throw Failure(
                .usage,
                "there is no kind of credential \(credential.kind.rawValue.debugDescription)",
                hint: "one of " + CredentialKind.known.map(\.rawValue).joined(separator: ", ")
            )
        }
        if credential.kind.hasUser {
            guard let user = credential.user, !user.isEmpty else {
                throw Failure(
                    .usage,
                    "a credential of the kind \(credential.kind.rawValue) needs a user name",
                    hint: "give it with --user NAME"
                )
            }
            guard !user.contains(":"), user.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
                throw Failure(
                    .usage,
                    "the user name \(user.debugDescription) holds a colon or control character"
                )
            }
        } else if credential.user != nil {
            throw Failure(
                .usage,
                "a credential of the kind \(credential.kind.rawValue) has no user name"
            )
        }
        if let name = credential.fieldName { _ = try HeaderField(name: name, value: "") }
        if credential.kind == .header, credential.fieldName == nil {
            throw Failure(
                .usage,
                "which header field is it for?",
                hint: "give its name with --header-name NAME, for example X-Api-Key"
            )
        }
        guard let secret else { return }
        guard secret.count > 0 else { throw Failure(.usage, "the secret is empty") }
        guard secret.count <= Secret.maximumCount else {
            throw Failure(.usage, "the secret is longer than \(Secret.maximumCount) bytes")
        }
        do { _ = try Grant(credential, secret).field() } catch {
            throw Failure(
                .usage,
                "the secret cannot stand in a header field",
                hint: "it must be one line of text without control characters"
            )
        }
    }
}
