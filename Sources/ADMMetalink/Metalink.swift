package import ADMModel

/// A Metalink 4 document: files, where they are, and what proves them right (RFC 5854).
package struct Metalink: Sendable {
    /// The namespace of its elements.
    static let namespace = "urn:ietf:params:xml:ns:metalink"
    /// The longest document that is read, in bytes.
    package static let longest = 67_108_864
    /// The most files, addresses and digests of whole files in one document; digests of pieces take little
    /// memory and are not counted.
    static let mostItems = 200_000

    /// The files in their order; a failure for one that cannot be used.
    package let files: [Result<MetalinkFile, Failure>]

    /// Reads a document.
    ///
    /// What it does not use is left out: signatures, torrents, servers of other kinds, digests of
    /// algorithms that adm does not know. The parameter `source` is for messages; relative addresses are seen
    /// from `base`, and left out if the document is from nowhere.
    ///
    /// - Throws: ``Failure`` with `usage` if it is not a Metalink 4 or has no file, with the line where
    ///   there is one; `refused` for one with a document type, and for one that would take much more
    ///   memory than a Metalink needs.
    package init(
        parsing bytes: [UInt8],
        named source: String,
        foundAt base: SourceURL? = nil
    ) throws(Failure) {
        guard bytes.count <= Metalink.longest else {
            throw Failure(.usage, "\(source) is longer than \(ByteCount(Int64(Metalink.longest)))")
        }
        let reader = MetalinkReader(source, base)
        try XMLReader.read(bytes, named: source, into: reader)
        guard !reader.files.isEmpty else {
            throw Failure(.usage, "\(source) describes no file")
        }
        files = reader.files
    }
}

/// What a Metalink says of one file.
package struct MetalinkFile: Sendable, Hashable {
    /// Its name, without directories; still to be made safe.
    package var name: String
    /// Its length in bytes.
    package var size: Int64?
    /// The strongest digest of the whole file.
    package var checksum: Checksum?
    /// Digests of its pieces.
    package var pieces: PieceHashes?
    /// Where it is: the preferred server first; never empty.
    package var urls: [SourceURL]
}
