package import ADMModel
import ADMTransfer

/// Asks servers outside of any job, with the credentials that a download would send.
package struct ServerProbe: Sendable {
    let sessions: HTTPSessions
    let credentials: any CredentialSource
    /// The header fields of every request.
    let fields: [HeaderField]

    /// Reads a document on a server into memory.
    ///
    /// The parameter `name` begins the message of a failure; `limit` is in bytes.
    ///
    /// - Throws: ``Failure`` of the network, of the credentials, or `remoteProtocol` if it is longer.
    /// - Returns: What it holds, and where redirects led.
    package func document(
        at url: SourceURL,
        named name: String,
        limit: Int,
        fields: [HeaderField],
        settings: TransferSettings
    ) async throws -> (bytes: [UInt8], url: SourceURL) {
        let given = Set(fields.map(\.canonicalName))
        let document = try await SmallDocument.fetch(
            url,
            named: name,
            limit: limit,
            exchange: try await exchange(for: url, fields, settings, given: given).exchange
        )
        return (document.bytes, document.url)
    }

    /// Asks for the first byte of a URL.
    ///
    /// - Throws: ``Failure`` with `authentication` if the credentials are refused; of the network.
    package func test(
        _ url: SourceURL,
        settings: TransferSettings
    ) async throws -> CredentialTest {
        let (exchange, access) = try await exchange(for: url, fields, settings)
        let status = try await exchange.status(of: url)
        var anonymous: Int?
        if !access.grants.isEmpty, status < 400 {
            let plain = Exchange(
                session: try sessions.session(for: settings),
                fields: fields,
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

    /// What asks a server, and the credentials that it may use.
    ///
    /// The parameter `given` has the names of header fields in whose place no credential is used.
    private func exchange(
        for url: SourceURL,
        _ fields: [HeaderField],
        _ settings: TransferSettings,
        given: Set<HeaderField.Name> = []
    ) async throws -> (exchange: Exchange, access: Access) {
        let access = try await credentials.access(
            to: url,
            proxy: HTTPSession.proxy(for: url, settings),
            given: given,
            hasStored: true
        )
        let authorization = Authorization(access, source: credentials)
        let exchange = Exchange(
            session: try sessions.session(for: settings, authorization: authorization),
            fields: fields,
            settings: settings,
            limits: [],
            authorization: authorization
        )
        return (exchange, access)
    }
}
