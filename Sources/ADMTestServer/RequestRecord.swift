package import ADMModel

/// One request that a ``TestServer`` received, and what became of it.
package struct RequestRecord: Sendable, Hashable {
    /// The number of the request, from 0 in the order of arrival.
    package let id: Int
    /// The number of the connection, from 0 in the order of arrival.
    package let connection: Int
    /// The client's port.
    package let remotePort: Int
    /// The method.
    package let method: String
    /// The request target as sent, with its query.
    package let target: String
    /// The path without the query, by which files are found.
    package let path: String
    /// All headers in the order sent.
    package let headers: [HeaderLine]
    /// When the request was complete.
    package let startedAt: ContinuousClock.Instant
    /// The status of the answer; 0 if the answer was raw bytes.
    package var status = 0
    /// The first range asked for, clipped to the file; nil if the whole file was asked for.
    package var askedRange: ByteRange?
    /// The offset in the file of the first body byte; nil if the body is no part of the file.
    package var start: Int64?
    /// How many body bytes the operating system has taken, chunk sizes and the like not counted.
    ///
    /// A block that was taken in part when the connection broke is not counted.
    package var bodyBytes: Int64 = 0
    /// When the first byte of the answer was sent.
    package var answeredAt: ContinuousClock.Instant?
    /// When the answer ended.
    package var endedAt: ContinuousClock.Instant?
    /// How the answer ended; nil while it is under way.
    package var ending: Ending?
    /// Whether the server fell silent in the middle and has not been released.
    package var isStalled = false

    /// How an answer ended.
    package enum Ending: Sendable, Hashable {
        /// Everything was sent.
        case complete
        /// The server broke the connection on purpose.
        case broken
        /// The client closed the connection first, or it failed.
        case abandoned
    }

    /// The bytes of the file that were sent, nil if the body was no part of it.
    package var servedRange: ByteRange? {
        start.map { ByteRange($0, $0 + bodyBytes) }
    }

    /// The value of the first header with this name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.text
    }
}
