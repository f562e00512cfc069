import ADMDisk
import ADMMetalink
public import ADMModel
import ADMScheduling

extension Workspace {
    /// The longest Metalink that is read, in bytes.
    public static let longestMetalink = Metalink.longest

    /// Makes requests of the files that a Metalink 4 document describes (RFC 5854).
    ///
    /// Each file is asked for at its preferred server, with the others as mirrors, under its name made
    /// safe, and must have the length and the digests that are written there. Files of equal names are
    /// numbered. A document that came over https names http servers only for files with a digest.
    ///
    /// Header fields that may not go everywhere go to files of the document's own origin alone.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - url: Where it was asked for; nil for one that was not fetched.
    ///   - base: Where it was found, which is what relative addresses in it are seen from; nil for `url`.
    ///   - source: Where it is from, for messages.
    ///   - template: What all requests have in common. What it says of a file's
    ///     name and digest goes before what the document says.
    /// - Throws: ``Failure`` with `usage` if it is no Metalink 4, `refused` if it has a document
    ///   type.
    /// - Returns: For each file its request, or why it cannot be fetched.
    public func requests(
        ofMetalink bytes: [UInt8],
        from url: SourceURL? = nil,
        foundAt base: SourceURL? = nil,
        named source: String,
        like template: JobOptions
    ) throws(Failure) -> [Result<JobRequest, Failure>] {
        if url == nil { try Workspace.checkHeaders(template.headers, ofMetalink: source) }
        var names: [String: Int] = [:]
        let metalink = try Metalink(parsing: bytes, named: source, foundAt: base ?? url)
        return metalink.files.map { result in
            result.flatMap { file in
                let isProven =
                    template.namesDigest || file.checksum != nil || file.pieces != nil
                let urls = file.urls.filter {
                    isProven || url?.origin.scheme != "https" || $0.origin.scheme == "https"
                }
                guard let first = urls.first else {
                    return .failure(
                        Failure(
                            .refused,
                            "\(source): \(file.name) has no digest and no https address",
                            hint: "nothing could tell that it is the file that is meant"
                        )
                    )
                }
                var request = JobRequest(url: first, options: template)
                request.mirrors += urls.dropFirst()
                request.headers = template.headers.filter {
                    $0.isSafeElsewhere || first.origin == url?.origin
                }
                request.fileName =
                    template.fileName ?? SafeName.fromHeader(file.name).map { numbered($0, &names) }
                if !template.namesDigest { request.checksum = file.checksum }
                request.size = file.size
                request.pieces = file.pieces
                return .success(request)
            }
        }
    }

    /// Checks that no secret goes wherever a document says that nobody fetched from a server.
    ///
    /// - Throws: ``Failure`` with `refused` for a header field that may not go to every server.
    public static func checkHeaders(
        _ headers: [HeaderField],
        ofMetalink source: String
    ) throws(Failure) {
        guard let field = headers.first(where: { !$0.isSafeElsewhere }) else { return }
        throw Failure(
            .refused,
            "the header field \(field.name) would go wherever \(source) says",
            hint: "adm auth login keeps a credential for one server"
        )
    }

    /// A name that no earlier file of the document has.
    private func numbered(_ name: String, _ names: inout [String: Int]) -> String {
        var unique = name
        while let count = names[unique.lowercased()] {
            names[unique.lowercased()] = count + 1
            unique = SafeName.numbered(name, count)
        }
        names[unique.lowercased()] = 1
        return unique
    }

    /// Fetches a Metalink, with the settings and credentials of the workspace; `own` are settings that
    /// differ from them, as in ``JobRequest/settings``.
    ///
    /// - Throws: ``Failure`` of the network, `remoteProtocol` if it is too long; `CancellationError`.
    /// - Returns: The document, and where redirects led.
    public func metalink(
        at url: SourceURL,
        headers: [HeaderField] = [],
        settings own: JobSettings = JobSettings()
    ) async throws -> (bytes: [UInt8], url: SourceURL) {
        let request = JobRequest(url: url, headers: headers, settings: own)
        return try await scheduler.probe.document(
            at: url,
            named: "the Metalink",
            limit: Workspace.longestMetalink,
            fields: fields(of: request),
            settings: try configuration.transferSettings(for: request)
        )
    }
}
