import ADMMetalink
public import ADMModel

/// A Metalink 4 document (RFC 5854) that is to become jobs.
public struct MetalinkDocument: Sendable {
    /// The longest one that is read, in bytes.
    public static let maximumLength = Metalink.longest

    private let bytes: [UInt8]
    private let name: String
    private let url: SourceURL?
    private let base: SourceURL?

    /// Takes a document that nobody fetched; `name` says in messages where it is from.
    ///
    /// Check the header fields of its files with ``checkHeaders(_:ofDocument:)`` before it is read, if that
    /// takes long or a person must type it.
    public init(_ bytes: [UInt8], named name: String) {
        self.bytes = bytes
        self.name = name
        url = nil
        base = nil
    }

    /// Takes a document that was asked for at `url` and, after redirects, found at `base`, from where
    /// relative addresses in it are seen.
    public init(_ bytes: [UInt8], from url: SourceURL, foundAt base: SourceURL) {
        self.bytes = bytes
        self.url = url
        self.base = base
        name = url.redacted
    }

    /// Makes requests of the files that the document describes.
    ///
    /// Each file is asked for at its preferred server, with the others as mirrors, under its name made
    /// safe, and must have the length and the digests that are written there. Files of equal names are
    /// numbered. A document that came over https names http servers only for files with a digest.
    ///
    /// Header fields that may not go everywhere go to files of the document's own origin alone.
    ///
    /// - Parameter template: What all requests have in common. What it says of a file's name and digest
    ///   goes before what the document says.
    /// - Throws: ``Failure`` with `usage` if it is no Metalink 4, `refused` if it has a document type, or if
    ///   nobody fetched it and a header field may not go to every server.
    /// - Returns: For each file its request, or why it cannot be fetched.
    public func requests(
        like template: JobOptions
    ) throws(Failure) -> [Result<JobRequest, Failure>] {
        if url == nil { try MetalinkDocument.checkHeaders(template.headers, ofDocument: name) }
        var names: [String: Int] = [:]
        let metalink = try Metalink(parsing: bytes, named: name, foundAt: base)
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
                            "\(name): \(file.name) has no digest and no https address",
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
                    template.fileName
                    ?? SafeName.fromHeader(file.name).map {
                        MetalinkDocument.numbered($0, &names)
                    }
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
        ofDocument name: String
    ) throws(Failure) {
        guard let field = headers.first(where: { !$0.isSafeElsewhere }) else { return }
        throw Failure(
            .refused,
            "the header field \(field.name) would go wherever \(name) says",
            hint: "adm auth login keeps a credential for one server"
        )
    }

    /// A name that no earlier file of the document has.
    private static func numbered(_ name: String, _ names: inout [String: Int]) -> String {
        var unique = name
        while let count = names[unique.lowercased()] {
            names[unique.lowercased()] = count + 1
            unique = SafeName.numbered(name, count)
        }
        names[unique.lowercased()] = 1
        return unique
    }
}
