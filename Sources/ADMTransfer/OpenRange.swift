package import ADMDisk
package import ADMModel
import NIOConcurrencyHelpers

/// A range of the file that one connection is filling.
///
/// The connection writes and moves `next`; another task may shorten the range, but never below what is
/// being written at that moment. So no byte is ever written behind a shortened end, and nobody but
/// ``seal()`` waits for the disk.
package final class OpenRange: Sendable {
    private struct State {
        var next: Int64
        var end: Int64
        /// How many bytes from `next` on are on their way to the disk.
        var writing: Int64 = 0
    }

    /// The first byte of the range.
    package let start: Int64
    /// The byte after the last one that the answer holds; the range may end before it.
    private let answerEnd: Int64
    private let part: PartFile
    private let state: NIOLockedValueBox<State>
    /// Held across a write.
    private let disk = NIOLock()

    /// Opens a range that is filled from `range.start` on; `Int64.max` ends an unknown length.
    package init(_ range: ByteRange, in part: PartFile) {
        start = range.start
        answerEnd = range.end
        self.part = part
        state = NIOLockedValueBox(State(next: range.start, end: range.end))
    }

    /// Writes the part of `bytes` that belongs to the range.
    ///
    /// - Throws: ``Failure`` of the disk.
    /// - Returns: How many bytes were taken; fewer than given where the range is full.
    func write(_ bytes: borrowing RawSpan) throws(Failure) -> Int {
        // A closure cannot capture the bytes, so the lock is taken and given back by hand.
        disk.lock()
        defer { disk.unlock() }
        let wanted = Int64(bytes.byteCount)
        let (next, count) = state.withLockedValue { state in
            state.writing = min(state.end - state.next, wanted)
            return (state.next, Int(state.writing))
        }
        defer { state.withLockedValue { $0.writing = 0 } }
        guard count > 0 else { return 0 }
        try part.write(bytes.extracting(first: count), at: next)
        state.withLockedValue { $0.next += Int64(count) }
        return count
    }

    /// Whether writing took long a moment ago, so that it is better done on ``onDiskThread(_:)``.
    var isSlow: Bool { part.isSlow }

    /// Runs a body on the thread of the file, one after another.
    func onDiskThread(_ body: @escaping @Sendable () -> Void) { part.onOwnThread(body) }

    /// The bytes that are written.
    package var filled: ByteRange { state.withLockedValue { ByteRange(start, $0.next) } }

    /// All that it is for, whether or not it is written.
    package var whole: ByteRange {
        state.withLockedValue { ByteRange(start, max($0.end, $0.next)) }
    }

    /// The bytes that are still missing.
    package var missing: ByteRange {
        state.withLockedValue { ByteRange(min($0.next, $0.end), $0.end) }
    }

    /// Whether every byte is written.
    package var isFull: Bool { state.withLockedValue { $0.next >= $0.end } }

    /// The last part of what is missing that another connection may be asked for, if both parts have at
    /// least `minimum` bytes; the range still ends where it did.
    ///
    /// The parameter `share` is the part that the other connection gets, between 0 and 1.
    ///
    /// - Returns: The range for the other connection; nil if there is too little to share.
    package func share(_ share: Double, minimum: Int64) -> ByteRange? {
        state.withLockedValue { state in
            let missing = state.end - state.next - state.writing
            guard state.end != Int64.max, missing >= 2 * minimum else { return nil }
            let wanted = Int64(saturating: Double(missing) * share)
            let cut = state.end - min(missing - minimum, max(minimum, wanted))
            return ByteRange(cut, state.end)
        }
    }

    /// Ends the range at `end`, or where the write that is under way ends, if that is later.
    package func cut(at end: Int64) {
        state.withLockedValue { state in
            state.end = min(state.end, max(end, state.next + state.writing))
        }
    }

    /// Ends the range where the answer ends again, if it is still read and one of `ranges` lies before that.
    ///
    /// - Returns: Whether it was extended.
    package func extend(over ranges: [ByteRange]) -> Bool {
        state.withLockedValue { state in
            let end = state.end
            guard state.next < end, end < answerEnd,
                ranges.contains(where: { $0.start < answerEnd && end < $0.end })
            else { return false }
            state.end = answerEnd
            return true
        }
    }

    /// Ends the range where it is; not a byte is written into it afterwards, whoever still tries.
    ///
    /// It waits for a write that is under way.
    ///
    /// - Returns: What was written, and what is left; nothing is left of an unknown length.
    package func seal() -> (filled: ByteRange, missing: ByteRange) {
        disk.lock()
        defer { disk.unlock() }
        return state.withLockedValue { state in
            let end = state.end == Int64.max ? state.next : max(state.next, state.end)
            state.end = state.next
            return (ByteRange(start, state.next), ByteRange(state.next, end))
        }
    }
}
