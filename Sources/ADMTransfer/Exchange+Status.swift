package import ADMModel
import NIOConcurrencyHelpers

extension Exchange {
    /// The status with which a server answers for the first byte of a URL, redirects followed.
    ///
    /// - Throws: ``Failure`` with `authentication` if credentials are refused; of the network.
    package func status(of url: SourceURL) async throws -> Int {
        let status = NIOLockedValueBox(0)
        let handle = ConnectionHandle()
        try await watched(handle, url) {
            try await follow(
                url,
                trusted: url.origin,
                query: Query(range: "bytes=0-0"),
                handle: handle
            ) { facts, _ in
                status.withLockedValue { $0 = facts.status }
                return .discard
            }
        }
        return status.withLockedValue(\.self)
    }
}
