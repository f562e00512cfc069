import ADMModel
import ADMTransfer

/// What the digest of a file has to be, and who says so.
enum ExpectedDigest: Sendable {
    /// Nobody named one.
    case unknown
    /// It is known.
    case known(Verification)
    /// A list names it, under a name that only the server's answer tells.
    case listed(ChecksumLookup)

    /// The digest, if it is known.
    var verification: Verification? {
        if case .known(let verification) = self { verification } else { nil }
    }

    /// Looks the file up under the names that its server gives it.
    ///
    /// - Throws: ``Failure`` with `integrity` if the list knows none of them.
    func found(for request: JobRequest, _ file: RemoteFile) throws(Failure) -> ExpectedDigest {
        guard case .listed(let list) = self else { return self }
        return .known(
            Verification(checksum: try list.checksum(for: request, file), source: .list)
        )
    }
}
