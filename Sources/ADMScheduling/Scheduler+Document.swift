package import ADMModel
import ADMTransfer

extension Scheduler {
    /// Reads a document on a server into memory, with the credentials that a download would send.
    ///
    /// The parameter `name` begins the message of a failure; `limit` is in bytes.
    ///
    /// - Throws: ``Failure`` of the network, of the credentials, or `remoteProtocol` where it is longer.
    /// - Returns: What it holds, and where redirects led.
    package func document(
        at url: SourceURL,
        named name: String,
        limit: Int,
        fields: [HeaderField],
        settings: TransferSettings
    ) async throws -> (bytes: [UInt8], url: SourceURL) {
        let given = Set(fields.map { $0.name.lowercased() })
        let document = try await SmallDocument.fetch(
            url,
            named: name,
            limit: limit,
            exchange: try await exchange(for: url, fields, settings, given: given).exchange
        )
        return (document.bytes, document.url)
    }

    /// What asks a server outside of any job, and the credentials that it may use.
    ///
    /// The parameter `given` has the names of header fields in whose place no credential is used.
    func exchange(
        for url: SourceURL,
        _ fields: [HeaderField],
        _ settings: TransferSettings,
        given: Set<String> = []
    ) async throws -> (exchange: Exchange, access: Access) {
        let source = configuration.credentials
        let access = try await source.access(
            to: url,
            proxy: HTTPSession.proxy(for: url, settings),
            given: given,
            hasStored: true
        )
        let authorization = Authorization(access, source: source)
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
