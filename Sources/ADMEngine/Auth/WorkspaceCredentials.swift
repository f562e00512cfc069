import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSecrets

/// The credentials of an open workspace: what may be sent to which server, and the secrets in their stores.
///
/// The workspace stays open while somebody has this value.
public struct WorkspaceCredentials: Sendable {
    let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// All of them, without their secrets; no store is asked.
    ///
    /// - Throws: ``Failure`` of the database.
    public func list() async throws(Failure) -> [Credential] {
        try await workspace.catalog.credentials.all()
    }

    /// Whether the secret of each credential can be had now.
    ///
    /// - Throws: ``Failure`` of the database.
    public func status() async throws(Failure) -> [CredentialStatus] {
        var result: [CredentialStatus] = []
        // A store that does not answer is not waited for again for each credential.
        var broken: [CredentialStore: Failure] = [:]
        for credential in try await workspace.catalog.credentials.all() {
            var failure = broken[credential.store]
            if failure == nil {
                do {
                    if try await workspace.stores[credential.store].read(credential) == nil {
                        failure = .missingSecret(credential)
                    }
                } catch {
                    failure = error
                    if credential.store == .keyring,
                        await workspace.stores.keyring.state() != .ready
                    {
                        broken[.keyring] = error
                    }
                }
            }
            if failure == nil, credential.hasExpired() { failure = .expired(credential) }
            result.append(CredentialStatus(credential: credential, failure: failure))
        }
        return result
    }

    /// Whether the keyring can be used now.
    public func keyringState() async -> StoreState { await workspace.stores.keyring.state() }

    /// The secret of a credential.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if its store does not have it or cannot be read.
    public func secret(of credential: Credential) async throws(Failure) -> Secret {
        guard let secret = try await workspace.stores[credential.store].read(credential) else {
            throw .missingSecret(credential)
        }
        return secret
    }

    /// Asks a server with the credentials that a download would send.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if a secret cannot be had, `authentication` if one has
    ///   expired, of the network; `CancellationError`. That the server refuses them is no failure:
    ///   ``CredentialTest/isRefused`` says so.
    public func test(_ url: SourceURL) async throws -> CredentialTest {
        let settings = try workspace.configuration.transferSettings(for: JobRequest(url: url))
        return try await workspace.scheduler.probe.test(url, settings: settings)
    }

    /// Opens the keyring, or makes the first one; the desktop asks for its password.
    ///
    /// Nothing happens if it is open.
    ///
    /// - Throws: ``Failure`` with `credentialStore` if it stays locked or there is nobody to ask.
    public func unlockKeyring() async throws(Failure) {
        guard await workspace.stores.keyring.state() != .ready else { return }
        try await workspace.stores.keyring.unlock()
    }

    /// Forgets a credential: its secret first, then what the workspace knows of it.
    ///
    /// Secrets of stores that adm only reads stay where they are.
    ///
    /// - Parameters:
    ///   - credential: What to forget.
    ///   - force: Forgets it even if the secret cannot be removed.
    /// - Throws: ``Failure`` with `credentialStore` if the secret cannot be removed; then nothing
    ///   has changed.
    public func logOut(_ credential: Credential, force: Bool = false) async throws(Failure) {
        do {
            try await workspace.stores[credential.store].erase(credential)
        } catch {
            guard force else { throw error }
        }
        try await workspace.catalog.credentials.forget(credential)
    }

    /// Moves a secret to another store: it is copied, read back, and only then removed.
    ///
    /// Interrupted, it can be repeated.
    ///
    /// - Throws: ``Failure`` with `credentialStore`, or `usage` for a store that adm only reads; the credential
    ///   then works as before.
    /// - Returns: The credential as the workspace knows it now.
    public func migrate(
        _ credential: Credential,
        to store: CredentialStore
    ) async throws(Failure) -> Credential {
        guard credential.store != store else {
            // What an interrupted move left behind.
            for other in CredentialStore.allCases where other.isWritable && other != store {
                var left = credential
                left.store = other
                try? await workspace.stores[other].remove(left)
            }
            return credential
        }
        let secret = try await secret(of: credential)
        var moved = credential
        moved.store = store
        try await workspace.stores[store].save(secret, for: moved)
        try await workspace.catalog.credentials.record(moved)
        try await workspace.stores[credential.store].erase(credential)
        return moved
    }
}
