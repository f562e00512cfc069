import ADMDisk
package import ADMModel

/// Finds a file's digest in a checksum list on a server, such as `SHA256SUMS`.
package enum ChecksumLookup {
    /// The longest list that is read, in bytes.
    private static let limit = 4_194_304

    /// Fetches the list and finds the file in it.
    ///
    /// - Throws: ``Failure``: of the network, or `integrity` where the list does not name the file.
    package static func fetch(
        _ list: SourceURL,
        fileName: String,
        exchange: Exchange
    ) async throws -> Checksum {
        let bytes = try await SmallDocument.fetch(
            list,
            named: "the checksum list",
            limit: limit,
            exchange: exchange
        )
        let text = String(decoding: bytes, as: UTF8.self)
        guard let checksum = ChecksumList.find(fileName: fileName, in: text) else {
            throw Failure(
                .integrity,
                "\(list.redacted) has no digest for \(fileName)",
                hint:
                    "the file was not kept; give its digest as --hash sha256:HEX, or check the list"
            )
        }
        return checksum
    }
}
