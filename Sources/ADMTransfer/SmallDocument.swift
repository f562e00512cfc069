package import ADMModel

/// A document on a server that is read into memory, such as a list of digests.
package enum SmallDocument {
    /// Fetches it; redirects are followed.
    ///
    /// The parameter `name` begins the message of a failure, for example `the checksum list`; `limit` is
    /// the longest document that is taken, in bytes.
    ///
    /// - Throws: ``Failure`` of the network, `remoteProtocol` where it is longer; `CancellationError`.
    package static func fetch(
        _ url: SourceURL,
        named name: String,
        limit: Int,
        exchange: Exchange
    ) async throws -> [UInt8] {
        let body = SmallBody(limit: limit)
        do {
            try await exchange.followWatched(url) { facts, url in
                if let failure = Failure.status(facts, url: url) { throw failure }
                guard facts.status == 200 else {
                    throw Failure(.remoteProtocol, "\(url.redacted): the server sent no whole file")
                }
                return .collect(body)
            }
        } catch var failure as Failure {
            failure.message = "\(name) cannot be had: \(failure.message)"
            throw failure
        }
        return body.content
    }
}
