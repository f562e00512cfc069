package import ADMModel

/// Holds the pieces of a partial file against their digests.
package enum PieceCheck {
    /// Reads pieces of a whole partial file and checks each, on a thread of its own.
    ///
    /// - Parameters:
    ///   - part: The partial file; it stays open and locked while they are checked.
    ///   - length: The length of the file, in bytes.
    ///   - pieces: The digests of all pieces.
    ///   - suspects: The pieces to check; nil for all of them.
    /// - Returns: The pieces that are wrong, in order.
    /// - Throws: ``Failure`` with `cancelled` soon after the task is cancelled, `integrity` if the
    ///   file is shorter, `storage` if it cannot be read.
    package static func check(
        _ part: PartFile,
        length: Int64,
        against pieces: PieceHashes,
        only suspects: [Int]? = nil
    ) async throws(Failure) -> [Int] {
        try await FileReading(file: part.file, path: part.path).run { (reading) throws(Failure) in
            var wrong: [Int] = []
            for piece in suspects ?? Array(0..<pieces.count) {
                var digest = StreamingDigest(pieces.algorithm)
                try unsafe reading.read(pieces.range(of: piece, length: length)) { bytes in
                    unsafe digest.update(bytes)
                }
                if digest.finish() != HexText.encode(pieces.digest(of: piece)) {
                    wrong.append(piece)
                }
            }
            return wrong
        }
    }
}
