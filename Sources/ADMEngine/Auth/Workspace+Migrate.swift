import ADMCatalog
public import ADMModel
import ADMSecrets

extension Workspace {
    /// Moves a secret to another store: it is copied, read back, and only then removed.
    ///
    /// Interrupted, it can be repeated.
    ///
    /// - Throws: ``Failure`` with `credentialStore`; the credential then works as before.
    public func migrate(
        _ credential: Credential,
        to store: CredentialStore
    ) async throws(Failure) -> Credential {
        guard credential.store != store else {
            // What an interrupted move left behind.
            for other in CredentialStore.allCases where other.isWritable && other != store {
                var left = credential
                left.store = other
                try? await stores[other].remove(left)
            }
            return credential
        }
        let secret = try await secret(of: credential)
        var moved = credential
        moved.store = store
        try await stores[store].save(secret, for: moved)
        try await catalog.credentials.record(moved)
        try await stores[credential.store].erase(credential)
        return moved
    }
}
