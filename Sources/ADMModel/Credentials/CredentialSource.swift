/// Where transfers get credentials from.
package protocol CredentialSource: Sendable {
    /// What may be sent for a job.
    ///
    /// Secrets are only looked for if the workspace has a credential for the server or the proxy,
    /// so that public downloads never touch a store.
    ///
    /// - Parameters:
    ///   - url: What the job fetches.
    ///   - proxy: The proxy that it is fetched through, as a URL; nil for none.
    ///   - given: The header fields that the person gave; they count more.
    ///   - hasStored: Whether the workspace has credentials in its database; if it has none,
    ///     that is not looked at.
    /// - Throws: ``Failure`` with `authentication` if a credential has expired or was refused
    ///   before, with `credentialStore` if its secret cannot be had.
    /// - Returns: The credentials, which may be none.
    func access(
        to url: SourceURL,
        proxy: String?,
        given: Set<HeaderField.Name>,
        hasStored: Bool
    ) async throws(Failure) -> Access

    /// What is stored now in place of a credential that was refused; nil if that is the same.
    ///
    /// - Throws: ``Failure`` with `credentialStore`.
    func renewed(_ grant: Grant) async throws(Failure) -> Grant?

    /// Takes note of what a server made of a credential.
    func judged(_ grant: Grant, accepted: Bool) async
}
