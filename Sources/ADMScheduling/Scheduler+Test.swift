package import ADMModel
import ADMTransfer

extension Scheduler {
    /// Asks for the first byte of a URL, with the credentials that a download would send.
    ///
    /// - Throws: ``Failure`` with `authentication` where they are refused; of the network.
    package func test(
        _ url: SourceURL,
        settings: TransferSettings
    ) async throws -> CredentialTest {
        let (exchange, access) = try await exchange(for: url, configuration.fields, settings)
        let status = try await exchange.status(of: url)
        var anonymous: Int?
        if !access.grants.isEmpty, status < 400 {
            let plain = Exchange(
                session: try sessions.session(for: settings),
                fields: configuration.fields,
                settings: settings,
                limits: []
            )
            anonymous = try? await plain.status(of: url)
        }
        return CredentialTest(
            url: url,
            sent: access.grants.map(\.credential),
            status: status,
            anonymousStatus: anonymous
        )
    }
}
