package import ADMModel
import NIOConcurrencyHelpers

/// A document on a server that is read into memory, such as a list of digests.
package struct SmallDocument: Sendable {
    /// What it holds.
    package let bytes: [UInt8]
    /// Where redirects led: what is relative in it is so to this URL (RFC 3986 §5.1.3).
    package let url: SourceURL

    /// Fetches it; redirects are followed.
    ///
    /// The parameter `name` begins the message of a failure, for example `the checksum list`; `limit` is
    /// the longest document that is taken, in bytes.
    ///
    /// - Throws: ``Failure`` of the network, `remoteProtocol` if it is longer; `CancellationError`.
    package static func fetch(
        _ url: SourceURL,
        named name: String,
        limit: Int,
        exchange: Exchange
    ) async throws -> SmallDocument {
        let body = SmallBody(limit: limit)
        let place = NIOLockedValueBox(url)
        do {
            try await exchange.followWatched(url) { facts, url in
                if let failure = Failure.status(facts, url: url) { throw failure }
                guard facts.status == 200 else {
                    throw Failure(.remoteProtocol, "\(url.redacted): the server sent no whole file")
                }
                place.withLockedValue { $0 = url }
                return .collect(body)
            }
        } catch var failure as Failure {
            failure.message = "\(name) cannot be had: \(failure.message)"
            throw failure
        }
        return SmallDocument(bytes: body.content, url: place.withLockedValue { $0 })
    }
}
