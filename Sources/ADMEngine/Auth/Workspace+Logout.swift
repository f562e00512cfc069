import ADMCatalog
public import ADMModel
import ADMSecrets

extension Workspace {
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
            try await stores[credential.store].erase(credential)
        } catch {
            guard force else { throw error }
        }
        try await catalog.credentials.forget(credential)
    }
}
