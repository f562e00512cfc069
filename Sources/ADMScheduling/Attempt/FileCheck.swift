import ADMModel

/// Pieces that are not what was promised.
struct WrongPieces: Sendable, Hashable {
    /// Which ones, in order.
    let pieces: [Int]
    /// The bytes of the others.
    let right: SegmentMap
    /// The length of the whole file.
    let length: Int64

    /// How many bytes are wrong.
    var count: Int64 { length - right.count }
}

/// The check of a file that has arrived whole: its length, then the digest of the whole file or, if that is
/// wrong or nobody named one, those of its pieces.
///
/// A pure value: it says which step is next, and is told what the step found.
struct FileCheck: Sendable {
    /// What is to be done next.
    enum Step: Sendable, Hashable {
        /// Make the bytes durable, and record that they are checked with this algorithm.
        case begin(DigestAlgorithm)
        /// Check the digests of these pieces, of all if nil.
        case checkPieces([Int]?)
        /// Check the digest of the whole file.
        case checkWhole(Verification)
        /// Compute the digest of the whole file.
        case digest(DigestAlgorithm)
        /// The file is right; nil if nobody named a digest.
        case accept(Verification?)
        /// Some pieces are wrong.
        case repair(WrongPieces)
        /// The file is wrong as a whole.
        case reject(Failure)
    }

    /// What a step found.
    enum Finding: Sendable, Hashable {
        case begun
        case wrongPieces([Int])
        case wholeIsRight
        case wholeIsWrong(Failure)
        case digest(hex: String)
    }

    private enum Stage: Sendable {
        case beginning
        case checkingSuspects
        case checkingWhole
        /// All pieces are checked; what was found wrong with the whole file, if that was checked.
        case checkingAll(Failure?)
        case digesting
    }

    private let length: Int64
    private let size: Int64?
    private let pieces: PieceHashes?
    private let wanted: Verification?
    private let suspects: [Int]?
    private var stage = Stage.beginning

    /// Creates a check of a file that has arrived whole.
    ///
    /// - Parameters:
    ///   - length: How many bytes have arrived.
    ///   - size: The length that the file must have; nil if nobody said.
    ///   - pieces: Digests of its pieces.
    ///   - wanted: The digest of the whole file, and who named it.
    ///   - suspects: The pieces that were fetched again, because they were wrong.
    init(
        length: Int64,
        size: Int64?,
        pieces: PieceHashes?,
        wanted: Verification?,
        suspects: [Int]?
    ) {
        self.length = length
        self.size = size
        self.pieces = pieces
        self.wanted = wanted
        self.suspects = suspects
    }

    /// The first step.
    var first: Step {
        if let size, size != length {
            return .reject(
                Failure(
                    .integrity,
                    "the file has \(length) bytes and not \(size)",
                    hint: "the bytes are not what was promised; they were not kept"
                )
            )
        }
        guard let algorithm = wanted?.checksum.algorithm ?? pieces?.algorithm else {
            return .accept(nil)
        }
        return .begin(algorithm)
    }

    /// The step after a finding.
    ///
    /// - Throws: ``Failure`` if a digest is not one.
    mutating func next(_ finding: Finding) throws(Failure) -> Step {
        switch (stage, finding) {
        case (.beginning, .begun):
            guard let suspects, pieces?.fit(length: length) ?? false else { return checkWhole() }
            stage = .checkingSuspects
            return .checkPieces(suspects)
        case (.checkingSuspects, .wrongPieces(let wrong)):
            return repair(wrong) ?? checkWhole()
        case (.checkingWhole, .wholeIsRight): return .accept(wanted)
        case (.checkingWhole, .wholeIsWrong(let failure)): return checkPieces(failure)
        case (.checkingAll(let whole), .wrongPieces(let wrong)):
            return repair(wrong) ?? confirm(whole)
        case (.digesting, .digest(let hex)):
            guard let pieces else { return .accept(nil) }
            return .accept(
                Verification(checksum: try Checksum(pieces.algorithm, hex: hex), source: .pieces)
            )
        default: return .reject(Failure(.unclassified, "the check of the file is out of step"))
        }
    }

    private mutating func checkWhole() -> Step {
        guard let wanted else { return checkPieces(nil) }
        stage = .checkingWhole
        return .checkWhole(wanted)
    }

    /// Checks the pieces; `whole` is what was found wrong with the whole file, if that was checked.
    private mutating func checkPieces(_ whole: Failure?) -> Step {
        guard let pieces, pieces.fit(length: length) else {
            return .reject(
                whole
                    ?? Failure(
                        .integrity,
                        "\(length) bytes are not as many pieces as have digests",
                        hint: "the bytes are not what was promised; they were not kept"
                    )
            )
        }
        // After a repair the others are known to be right, unless the whole file says otherwise.
        guard suspects == nil || whole != nil else { return confirm(nil) }
        stage = .checkingAll(whole)
        return .checkPieces(nil)
    }

    private func repair(_ wrong: [Int]) -> Step? {
        guard !wrong.isEmpty, let pieces else { return nil }
        return .repair(
            WrongPieces(
                pieces: wrong,
                right: pieces.bytes(without: wrong, length: length),
                length: length
            )
        )
    }

    /// Every piece is right.
    private mutating func confirm(_ whole: Failure?) -> Step {
        // Two promises that contradict each other: nothing is kept on the word of one.
        if let whole { return .reject(whole) }
        guard let pieces else { return .accept(nil) }
        stage = .digesting
        return .digest(pieces.algorithm)
    }
}
