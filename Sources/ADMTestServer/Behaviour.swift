package import ADMModel
package import Foundation

/// How a test file is served: switches that can be combined.
///
/// A fresh value is a well-behaved server: ranges, a length, a strong tag, an old `Last-Modified`.
package struct Behaviour: Sendable {
    /// How ranges are answered.
    package var ranges = Ranges.supported
    /// How the end of the body is marked.
    package var framing = Framing.length
    /// The `ETag` header.
    package var entityTag = EntityTag.strong
    /// The `Last-Modified` of version 0; every later version is a minute younger.
    package var lastModified: Date? = Date(timeIntervalSince1970: 1_700_000_000)
    /// Whether another version has another `ETag`.
    package var versionMovesTag = true
    /// Whether another version has another `Last-Modified`.
    package var versionMovesLastModified = true
    /// Whether answers carry `Date`.
    package var sendsDate = true
    /// What `If-Range` does.
    package var ifRange = IfRange.honoured
    /// The highest rate of one answer in bytes per second.
    package var bytesPerSecond: Int?
    /// The time from the request to the first byte of the answer.
    package var latency = Duration.zero
    /// What happens in the middle of bodies; the first that applies does.
    ///
    /// Assigning other interruptions while running starts their counts again.
    package var interruptions: [ServedInterruption] = []
    /// Statuses instead of the file; the first that applies does.
    ///
    /// Assigning other refusals while running starts their counts again.
    package var refusals: [Refusal] = []
    /// Answers sent byte by byte; the first that applies does.
    package var rawResponses: [RawResponse] = []
    /// Sends clients elsewhere.
    package var redirection: Redirection?
    /// The whole value of `Content-Disposition`.
    package var contentDisposition: String?
    /// The value of `Content-Encoding`; the body stays as it is.
    package var contentEncoding: String?
    /// The value of `Content-Type`.
    package var contentType: String? = "application/octet-stream"
    /// The whole value of `Repr-Digest` (RFC 9530), right or wrong.
    package var reprDigest: String?
    /// The whole value of `Content-Digest` (RFC 9530) of an answer with these bytes of the file.
    package var contentDigest: (@Sendable (ByteRange) -> String?)?
    /// A wrong `Content-Range`.
    package var contentRange = ServedContentRange.right
    /// A wrong `Content-Length`; the connection is closed after the body.
    package var contentLength = ContentLength.right
    /// The offset of a byte of the file that is always sent wrong.
    package var corruptByte: Int64?
    /// More headers, sent as they are.
    package var headers: [HeaderLine] = []
    /// Meaningless headers that fill up the head.
    package var padding: Padding?
    /// Statuses of interim answers sent first, such as 100 or 103.
    package var interimStatuses: [Int] = []
    /// A header that a request must have.
    package var requiredHeader: RequiredHeader?
    /// The most answers of this file at once.
    package var concurrencyLimit: ConcurrencyLimit?
    /// What becomes of the connection after the answer.
    package var connection = Connection.keepAlive

    /// A well-behaved server.
    package init() {}
}
