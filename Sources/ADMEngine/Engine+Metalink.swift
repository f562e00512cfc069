import ADMMetalink
public import ADMModel
import ADMScheduling

extension Engine {
    /// The longest Metalink that is read, in bytes.
    public static let longestMetalink = Metalink.longest

    /// Makes requests of the files that a Metalink 4 document describes (RFC 5854).
    ///
    /// Each file is asked for at its preferred server, with the others as mirrors, under its name made
    /// safe, and must have the length and the digests that are written there.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - source: Where it is from, for messages.
    ///   - template: What all requests have in common; its URL is not used. What it says of a file's
    ///     name and digest goes before what the document says.
    /// - Throws: ``Failure`` with `usage` where it is no Metalink 4, `refused` where it has a document
    ///   type.
    /// - Returns: For each file its request, or why it cannot be fetched.
    public func requests(
        ofMetalink bytes: [UInt8],
        named source: String,
        like template: JobRequest
    ) throws(Failure) -> [Result<JobRequest, Failure>] {
        try Metalink(parsing: bytes, named: source).files.map { result in
            result.map { file in
                var request = template
                request.url = file.urls[0]
                request.mirrors += file.urls.dropFirst()
                request.fileName = template.fileName ?? FileName.safe(file.name)
                if template.checksumList == nil {
                    request.checksum = template.checksum ?? file.checksum
                }
                request.size = file.size
                request.pieces = file.pieces
                return request
            }
        }
    }

    /// Fetches a Metalink, with the settings and credentials of the workspace.
    ///
    /// - Throws: ``Failure`` of the network, `remoteProtocol` where it is too long; `CancellationError`.
    public func metalink(at url: SourceURL, headers: [HeaderField]) async throws -> [UInt8] {
        let request = JobRequest(url: url, headers: headers)
        return try await scheduler.document(
            at: url,
            named: "the Metalink",
            limit: Engine.longestMetalink,
            fields: fields(of: request),
            settings: try configuration.transferSettings(for: request)
        )
    }
}
