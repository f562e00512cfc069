import ADMCatalog
public import ADMModel
import ADMSecrets

extension WorkspaceCredentials {
    /// Keeps a credential, in place of the one for the same slot and path.
    ///
    /// The secret is kept beside the earlier one and read back; only then does the workspace know of it,
    /// and the earlier one is removed. If the keyring is locked or missing and somebody can answer, the desktop
    /// asks for its password.
    ///
    /// - Throws: ``Failure`` with `usage` for a secret that cannot be sent, `credentialStore` if it
    ///   cannot be kept; then what was there before still is.
    /// - Returns: The credential, and what became of the one that it took the place of.
    public func logIn(_ login: Login) async throws(Failure) -> SavedLogin {
        let credential = login.credential
        try LoginCheck.check(credential, login.secret)
        if let secret = login.secret {
            if credential.store == .keyring { try await openKeyring() }
            try await workspace.stores[credential.store].save(secret, for: credential)
        } else if try await workspace.stores[credential.store].read(credential) == nil {
            throw .missingSecret(credential)
        }
        let earlier = try await workspace.catalog.credentials.record(credential)
        var leftover: Failure?
        if let earlier {
            // It is not sent any more; that its store cannot be opened now is no failure of this login.
            do { try await workspace.stores[earlier.store].remove(earlier) } catch {
                leftover = error
            }
        }
        return SavedLogin(credential: credential, earlier: earlier, leftover: leftover)
    }

    private func openKeyring() async throws(Failure) {
        let state = await workspace.stores.keyring.state()
        guard state == .locked || state == .empty, workspace.configuration.prompt.isInteractive
        else {
            return
        }
        try await workspace.stores.keyring.unlock()
    }

    /// Uses a login in this run alone; nothing of it is stored.
    ///
    /// It goes to its own server and path only, and counts more than what the workspace has for them.
    ///
    /// - Throws: ``Failure`` with `usage` for a secret that is missing or cannot be sent.
    public func lend(_ login: Login) async throws(Failure) {
        try LoginCheck.check(login.credential, login.secret)
        guard let secret = login.secret else {
            throw Failure(.usage, "there is no secret for \(login.credential.summary)")
        }
        await workspace.broker.lend(Grant(login.credential, secret))
    }

    /// Keeps a login that stood in a URL; with `orLend`, one that cannot be kept is used in this run alone.
    ///
    /// Lent is what would go into a store that adm does not write, or into one that fails with `credentialStore`.
    ///
    /// - Throws: ``Failure`` as ``logIn(_:)`` does, with the server in its message; as ``lend(_:)`` does.
    /// - Returns: What became of it.
    public func keep(
        _ login: Login,
        orLend: Bool = false
    ) async throws(Failure) -> KeptLogin {
        let store = workspace.configuration.settings.credentials.store
        if orLend, store?.isWritable != true {
            try await lend(login)
            return .lent(because: "credential-store is \(store?.rawValue ?? "none")")
        }
        do { return .saved(try await logIn(login)) } catch {
            if orLend, error.code == .credentialStore {
                try await lend(login)
                return .lent(because: error.message)
            }
            throw Failure(
                error.code,
                "the password in the URL for \(login.credential.origin) cannot be kept:"
                    + " \(error.message)",
                hint: error.hint,
                cause: error.cause
            )
        }
    }
}
