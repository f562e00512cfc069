package import ADMModel

/// Holds the pieces of a partial file against their digests.
package enum PieceCheck {
    /// What was found.
    package struct Finding: Sendable {
        /// The pieces that are wrong, in order.
        package let wrong: [Int]
        /// The digest of the whole file, with the algorithm of the pieces.
        package let whole: Checksum
    }

    /// Reads a whole partial file and checks each piece, on a thread of its own.
    ///
    /// - Throws: ``Failure`` with `cancelled` soon after the task is cancelled, `integrity` where the
    ///   file is shorter, `storage` where it cannot be read.
    package static func check(
        _ part: PartFile,
        length: Int64,
        against pieces: PieceHashes
    ) async throws(Failure) -> Finding {
        try await FileReading(file: part.file, path: part.path).run { (reading) throws(Failure) in
            var whole = StreamingDigest(pieces.algorithm)
            var wrong: [Int] = []
            for piece in 0..<pieces.count {
                var own = StreamingDigest(pieces.algorithm)
                try unsafe reading.read(pieces.range(of: piece, length: length)) { bytes in
                    unsafe whole.update(bytes)
                    unsafe own.update(bytes)
                }
                if own.finish() != HexText.encode(pieces.digest(of: piece)) { wrong.append(piece) }
            }
            return Finding(
                wrong: wrong,
                whole: try Checksum(pieces.algorithm, hex: whole.finish())
            )
        }
    }
}
