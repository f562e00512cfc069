package import ADMDisk
package import ADMModel

extension Destination {
    /// Checks a digest over the whole part file.
    ///
    /// What was digested on the way, `digest`, is not read again, unless another program touched the file.
    /// If that did no harm, the file is taken.
    ///
    /// - Throws: ``Failure`` with `integrity` if it differs; `cancelled` after cancellation.
    package func verify(
        _ part: PartFile,
        length: Int64,
        digest: FollowingDigest?,
        against expected: Checksum,
        named source: Verification.Source
    ) async throws {
        try part.seal()
        let touches = part.touchCount
        let isTouched = part.isTouched
        let hex = try await self.digest(
            expected.algorithm,
            of: part,
            length,
            from: isTouched ? nil : digest
        )
        guard hex == expected.hex else {
            let who =
                switch source {
                case .request: "--hash"
                case .list: "the checksum list"
                case .server: "the server's digest"
                case .pieces: "the digests of its pieces"
                }
            throw Failure(
                .integrity,
                "the \(expected.algorithm.rawValue) digest differs from \(who)",
                hint: "the bytes are not what was promised; they were not kept",
                cause: "expected \(expected.hex), got \(hex)"
            )
        }
        part.trust(touches: touches)
    }

    /// The digest of the whole part file; what was digested on the way is not read again.
    ///
    /// - Throws: ``Failure`` with `storage`; `cancelled` after cancellation.
    package func digest(
        _ algorithm: DigestAlgorithm,
        of part: PartFile,
        _ length: Int64,
        from digest: FollowingDigest? = nil
    ) async throws(Failure) -> String {
        let begun = digest.flatMap { $0.algorithm == algorithm && $0.part === part ? $0 : nil }
        let following = begun ?? FollowingDigest(algorithm, of: part)
        try await following.extend(to: length)
        return following.finish()
    }

    /// Checks pieces of the whole part file, all of them if `suspects` is nil.
    ///
    /// - Throws: ``Failure`` with `storage`; `cancelled` after cancellation.
    /// - Returns: The pieces that are wrong, in order.
    package func check(
        _ part: PartFile,
        length: Int64,
        against pieces: PieceHashes,
        only suspects: [Int]? = nil
    ) async throws(Failure) -> [Int] {
        try part.seal()
        let touches = part.touchCount
        // What another program touched may be wrong anywhere.
        let suspects = part.isTouched ? nil : suspects
        let wrong = try await PieceCheck.check(
            part,
            length: length,
            against: pieces,
            only: suspects
        )
        if suspects == nil, wrong.isEmpty { part.trust(touches: touches) }
        return wrong
    }
}
