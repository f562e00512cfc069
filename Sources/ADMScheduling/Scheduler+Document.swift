package import ADMModel
import ADMTransfer

extension Scheduler {
    /// Reads a document on a server into memory, with the credentials that a download would send.
    ///
    /// The parameter `name` begins the message of a failure; `limit` is in bytes.
    ///
    /// - Throws: ``Failure`` of the network, of the credentials, or `remoteProtocol` where it is longer.
    package func document(
        at url: SourceURL,
        named name: String,
        limit: Int,
        fields: [HeaderField],
        settings: TransferSettings
    ) async throws -> [UInt8] {
        let source = configuration.credentials
        let access = try await source.access(
            to: url,
            proxy: HTTPSession.proxy(for: url, settings),
            given: Set(fields.map { $0.name.lowercased() }),
            hasStored: true
        )
        let authorization = Authorization(access, source: source)
        return try await SmallDocument.fetch(
            url,
            named: name,
            limit: limit,
            exchange: Exchange(
                session: try sessions.session(for: settings, authorization: authorization),
                fields: fields,
                settings: settings,
                limits: [],
                authorization: authorization
            )
        )
    }
}
