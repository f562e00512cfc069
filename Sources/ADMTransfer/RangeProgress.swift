package import ADMModel

/// How far a range of the file is filled, and where it ends.
///
/// A pure value: ``OpenRange`` keeps the one that counts, ``TransferRun`` a copy of it to decide on.
package struct RangeProgress: Sendable, Hashable {
    /// The first byte of the range.
    package let start: Int64
    /// The byte after the last one that the answer holds; the range may end before it.
    private let answerEnd: Int64
    /// The byte after the last one that is written.
    package var next: Int64
    /// The byte after the last one that is to be written; `Int64.max` for an unknown length.
    package private(set) var end: Int64

    /// Creates a range of which nothing is written.
    package init(_ range: ByteRange) {
        start = range.start
        answerEnd = range.end
        next = range.start
        end = range.end
    }

    /// The bytes that are written.
    package var filled: ByteRange { ByteRange(start, next) }

    /// All bytes that the range is for, whether or not they are written.
    package var whole: ByteRange { ByteRange(start, max(end, next)) }

    /// The bytes that are still missing.
    package var missing: ByteRange { ByteRange(min(next, end), end) }

    /// Whether every byte is written.
    package var isFull: Bool { next >= end }

    /// What is left if `filled` is all that will ever be written; nothing is left of an unknown length.
    func rest(after filled: ByteRange) -> ByteRange {
        ByteRange(filled.end, end == .max ? filled.end : max(filled.end, end))
    }

    /// The last part of what is missing that another connection may be asked for, if both parts have at
    /// least `minimum` bytes; the range still ends where it did.
    ///
    /// The parameter `share` is the part that the other connection gets, between 0 and 1.
    ///
    /// - Returns: The range for the other connection; nil if there is too little to share.
    package func share(_ share: Double, minimum: Int64) -> ByteRange? {
        let missing = end - next
        guard end != .max, missing >= 2 * minimum else { return nil }
        let wanted = Int64(saturating: Double(missing) * share)
        return ByteRange(end - min(missing - minimum, max(minimum, wanted)), end)
    }

    /// Ends the range at `end`, or after what is written and the `writing` bytes that are on their way to the
    /// disk, if that is later.
    package mutating func cut(at end: Int64, writing: Int64 = 0) {
        self.end = min(self.end, max(end, next + writing))
    }

    /// Ends the range where the answer ends again, if it is still read and one of `ranges` lies before that.
    ///
    /// - Returns: Whether it was extended.
    package mutating func extend(over ranges: [ByteRange]) -> Bool {
        guard next < end, end < answerEnd,
            ranges.contains(where: { $0.start < answerEnd && end < $0.end })
        else { return false }
        end = answerEnd
        return true
    }

    /// Ends the range where the answer ends again, if it is still read.
    package mutating func extend() { if next < end { end = answerEnd } }

    /// Ends the range where it is.
    package mutating func seal() { end = next }
}
