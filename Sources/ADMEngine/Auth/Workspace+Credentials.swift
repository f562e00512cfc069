import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSecrets

extension Workspace {
    /// Whether the secret of each credential can be had now.
    ///
    /// - Throws: ``Failure`` of the database.
    public func credentialStatus() async throws(Failure) -> [CredentialStatus] {
        var result: [CredentialStatus] = []
        // A store that does not answer is not waited for again for each credential.
        var broken: [CredentialStore: Failure] = [:]
        for credential in try await catalog.credentials.all() {
            var failure = broken[credential.store]
            if failure == nil {
                do {
                    if try await stores[credential.store].read(credential) == nil {
                        failure = .missingSecret(credential)
                    }
                } catch {
                    failure = error
                    if credential.store == .keyring, await stores.keyring.state() != .ready {
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
    public func keyringState() async -> StoreState { await stores.keyring.state() }

    /// The secret of a credential.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    public func secret(of credential: Credential) async throws(Failure) -> Secret {
        guard let secret = try await stores[credential.store].read(credential) else {
            throw .missingSecret(credential)
        }
        return secret
    }

    /// Asks a server with the credentials that a download would send.
    ///
    /// - Throws: ``Failure`` with `authentication` if the server refuses them; of the network.
    public func testCredential(_ url: SourceURL) async throws -> CredentialTest {
        let settings = try configuration.transferSettings(for: JobRequest(url: url))
        return try await scheduler.probe.test(url, settings: settings)
    }
}
