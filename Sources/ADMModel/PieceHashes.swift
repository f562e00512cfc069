/// Digests of the pieces of a file, which are of one length but for the last (RFC 5854, section 4.1.3).
///
/// They tell which pieces of a file are wrong, so that those alone are fetched again.
public struct PieceHashes: Sendable, Hashable {
    /// How each is computed.
    public let algorithm: DigestAlgorithm
    /// The length of a piece, in bytes.
    public let pieceLength: Int64
    /// The digests, one after another.
    public let digests: [UInt8]

    /// The most pieces of one file.
    public static let limit = 1_048_576

    /// Takes digests in the order of the pieces.
    ///
    /// - Throws: ``Failure`` with `usage` if there are none or too many, if the length is not
    ///   positive, or if the bytes are not a whole number of digests.
    public init(
        _ algorithm: DigestAlgorithm,
        pieceLength: Int64,
        digests: [UInt8]
    ) throws(Failure) {
        guard pieceLength > 0, pieceLength <= ByteCount.limit else {
            throw Failure(.usage, "the length of a piece is \(pieceLength) bytes")
        }
        let count = digests.count / algorithm.byteCount
        guard count > 0, count <= PieceHashes.limit, digests.count % algorithm.byteCount == 0 else {
            throw Failure(
                .usage,
                "\(digests.count) bytes are no \(algorithm.rawValue) digests of pieces",
                hint: "a file has from 1 to \(PieceHashes.limit) pieces"
            )
        }
        self.algorithm = algorithm
        self.pieceLength = pieceLength
        self.digests = digests
    }

    /// How many pieces there are.
    public var count: Int { digests.count / algorithm.byteCount }

    /// Whether a file of this length, in bytes, has as many pieces as there are digests.
    public func fit(length: Int64) -> Bool {
        let (whole, rest) = length.quotientAndRemainder(dividingBy: pieceLength)
        return whole + (rest > 0 ? 1 : 0) == Int64(count)
    }

    /// The bytes of a piece of a file of this length.
    public func range(of piece: Int, length: Int64) -> ByteRange {
        let start = min(Int64(piece).multiplied(saturating: pieceLength), length)
        return ByteRange(start, start + min(pieceLength, length - start))
    }

    /// The bytes of a file of this length but for some pieces, which are in order.
    public func bytes(without pieces: [Int], length: Int64) -> SegmentMap {
        var ranges: [ByteRange] = []
        var position: Int64 = 0
        for range in pieces.map({ range(of: $0, length: length) }) {
            ranges.append(ByteRange(position, range.start))
            position = range.end
        }
        return SegmentMap(sorted: ranges + [ByteRange(position, length)])
    }

    /// The digest of a piece.
    public func digest(of piece: Int) -> ArraySlice<UInt8> {
        let size = algorithm.byteCount
        return digests[piece * size..<(piece + 1) * size]
    }
}
