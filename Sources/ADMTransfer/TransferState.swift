package import ADMModel

/// What is fetched, what is being fetched and what is missing.
///
/// Pure: it decides, others act.
package struct TransferState: Sendable {
    /// The whole length; nil if it is not known.
    package private(set) var total: Int64?
    /// Bytes on disk of connections that ended.
    package private(set) var done: SegmentMap
    /// Ranges that nobody fetches.
    package private(set) var pending: [ByteRange] = []
    /// What the server said about the file.
    package private(set) var known: Validators?
    /// Whether several connections may fetch parts.
    package private(set) var canSplit = false

    /// Begins with what is on disk.
    package init(done: SegmentMap, known: Validators?) {
        self.done = done
        self.known = known
        total = known?.length
        pending = total.map { done.gaps(length: $0) } ?? []
    }

    /// Whether every byte is there.
    package var isComplete: Bool { total.map { done.gaps(length: $0).isEmpty } ?? false }

    /// Whether there are bytes of a file of known length that a run can add to.
    package var canContinue: Bool { known?.length != nil && done.count > 0 }

    /// Takes the first answer of a run.
    ///
    /// - Returns: The range that the answering connection fills.
    package mutating func begin(
        start: Int64,
        validators: Validators,
        total: Int64?,
        canSplit: Bool,
        continues: Bool
    ) -> ByteRange {
        if !continues {
            done = SegmentMap()
            known = validators
            self.total = total
        }
        known?.length = self.total
        self.canSplit = canSplit && self.total != nil
        guard let total = self.total else { return ByteRange(0, Int64.max) }
        pending = done.gaps(length: total)
        guard let index = pending.firstIndex(where: { $0.start == start }) else {
            return ByteRange(min(start, total), min(start, total))
        }
        return pending.remove(at: index)
    }

    /// Takes the next range that nobody fetches, at most `piece` bytes of it.
    ///
    /// A request is for what one connection is to fetch: what a server sends beyond that is lost.
    package mutating func takePending(piece: Int64 = .max) -> ByteRange? {
        guard let range = pending.first else { return nil }
        // A small rest is not worth a piece of its own.
        guard range.count / 5 * 4 > piece else { return pending.removeFirst() }
        pending[0] = ByteRange(range.start + piece, range.end)
        return ByteRange(range.start, range.start + piece)
    }

    /// Takes back the rest of a range that a connection is not to fetch all of.
    package mutating func postpone(_ range: ByteRange) {
        guard range.count > 0 else { return }
        pending.append(range)
        pending.sort { $0.start < $1.start }
    }

    /// How many bytes nobody fetches.
    package var pendingCount: Int64 { pending.reduce(0) { $0 + $1.count } }

    /// Takes the end of a connection: what it wrote, and what of its range it left.
    ///
    /// What others fetch, `elsewhere`, is not asked for again.
    package mutating func connectionEnded(
        filled: ByteRange,
        missing: ByteRange?,
        elsewhere: SegmentMap = SegmentMap()
    ) {
        done.insert(filled)
        guard total != nil else { return }
        if let missing, missing.count > 0 { pending.append(missing) }
        skip(done)
        skip(elsewhere)
    }

    /// Asks for nothing that is there, or that somebody fetches.
    package mutating func skip(_ covered: SegmentMap) {
        pending = SegmentMap(pending).ranges.flatMap { range in
            var inside = SegmentMap(sorted: [ByteRange(0, range.start)])
            for part in covered.ranges { inside.insert(part) }
            return inside.gaps(length: range.end)
        }
    }

    /// Takes the length of a body that ended without having said it.
    package mutating func finishUnknown(at length: Int64) { total = length }

    /// No more splitting in this run.
    package mutating func stopSplitting() { canSplit = false }
}
