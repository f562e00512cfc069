package import ADMModel

/// The digests in a `Repr-Digest` or `Content-Digest` field (RFC 9530).
package enum DigestField {
    /// Reads `sha-256=:BASE64:, sha-512=:BASE64:`.
    ///
    /// `Repr-Digest` is about the whole file, `Content-Digest` about the bytes of this one answer. A member
    /// that is not a digest of a known algorithm says nothing, and takes nothing from the others.
    ///
    /// - Parameter headerValue: The value; several fields of one answer are joined with commas.
    /// - Returns: The digests, strongest first; nothing if the value is not a dictionary (RFC 9651 §3.2).
    package static func parse(_ headerValue: String) -> [Checksum] {
        guard let members = StructuredDictionary(headerValue) else { return [] }
        return DigestAlgorithm.strongestFirst.compactMap { algorithm in
            guard case .item(let item) = members[key(of: algorithm)],
                case .bytes(let bytes) = item.value
            else { return nil }
            return Checksum(algorithm, bytes: bytes)
        }
    }

    /// The name in the registry of RFC 9530 §7.2.
    private static func key(of algorithm: DigestAlgorithm) -> String {
        switch algorithm {
        case .sha512: "sha-512"
        case .sha256: "sha-256"
        case .sha1: "sha"
        case .md5: "md5"
        }
    }
}
