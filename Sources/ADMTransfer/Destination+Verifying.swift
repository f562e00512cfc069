package import ADMDisk
package import ADMModel

extension Destination {
    /// Checks a digest over the whole part file.
    ///
    /// What was digested on the way, `digest`, is not read again.
    ///
    /// - Throws: ``Failure`` with `integrity` where it differs; `cancelled` after cancellation.
    package func verify(
        _ part: PartFile,
        length: Int64,
        digest: FollowingDigest?,
        against expected: Checksum,
        named source: Verification.Source
    ) async throws {
        var following = digest ?? FollowingDigest(expected.algorithm, of: part)
        if following.algorithm != expected.algorithm || following.part !== part {
            following = FollowingDigest(expected.algorithm, of: part)
        }
        try await following.extend(to: length)
        let hex = following.finish()
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
    }

    /// What a check of pieces found.
    package struct PieceFinding: Sendable {
        /// How many are wrong.
        package let wrongCount: Int
        /// The bytes of the right ones.
        package let right: SegmentMap
        /// The digest of the whole file, with the algorithm of the pieces.
        package let whole: Checksum
    }

    /// Checks each piece of the whole part file.
    ///
    /// - Throws: ``Failure`` with `storage`; `cancelled` after cancellation.
    package func check(
        _ part: PartFile,
        length: Int64,
        against pieces: PieceHashes
    ) async throws(Failure) -> PieceFinding {
        let finding = try await PieceCheck.check(part, length: length, against: pieces)
        let wrong = Set(finding.wrong)
        let right = (0..<pieces.count).filter { !wrong.contains($0) }
        return PieceFinding(
            wrongCount: wrong.count,
            right: SegmentMap(sorted: right.map { pieces.range(of: $0, length: length) }),
            whole: finding.whole
        )
    }
}
