package import ADMDisk
package import ADMModel
import NIOConcurrencyHelpers

/// A range of the file that one connection is filling.
///
/// The connection writes and moves on; another task may shorten the range, but never below what is being
/// written at that moment. So no byte is ever written behind a shortened end, and only ``seal()`` waits for
/// the disk.
package final class OpenRange: Sendable {
    private struct State {
        var progress: RangeProgress
        /// How many of the next bytes are on their way to the disk.
        var writing: Int64 = 0
    }

    private let part: PartFile
    private let state: NIOLockedValueBox<State>
    /// Held across a write.
    private let disk = NIOLock()

    /// Opens a range that is filled from `range.start` on; `Int64.max` ends an unknown length.
    package init(_ range: ByteRange, in part: PartFile) {
        self.part = part
        state = NIOLockedValueBox(State(progress: RangeProgress(range)))
    }

    /// Writes the part of `bytes` that belongs to the range.
    ///
    /// - Throws: ``Failure`` of the disk.
    /// - Returns: How many bytes were taken; fewer than given if the range is full.
    func write(_ bytes: borrowing RawSpan) throws(Failure) -> Int {
        // A closure cannot capture the bytes, so the lock is taken and given back by hand.
        disk.lock()
        defer { disk.unlock() }
        let wanted = Int64(bytes.byteCount)
        let (next, count) = state.withLockedValue { state in
            state.writing = min(state.progress.end - state.progress.next, wanted)
            return (state.progress.next, Int(state.writing))
        }
        defer { state.withLockedValue { $0.writing = 0 } }
        guard count > 0 else { return 0 }
        try part.write(bytes.extracting(first: count), at: next)
        state.withLockedValue { $0.progress.next += Int64(count) }
        return count
    }

    /// Whether writing took long a moment ago, so that it is better done on ``onDiskThread(_:)``.
    var isSlow: Bool { part.isSlow }

    /// Runs a body on the thread of the file, one after another.
    func onDiskThread(_ body: @escaping @Sendable () -> Void) { part.onOwnThread(body) }

    /// How far it is at this moment.
    package var progress: RangeProgress { state.withLockedValue(\.progress) }

    /// Whether every byte is written.
    package var isFull: Bool { state.withLockedValue { $0.progress.isFull } }

    /// Ends the range at `end`, or where the write that is under way ends, if that is later.
    package func cut(at end: Int64) {
        state.withLockedValue { $0.progress.cut(at: end, writing: $0.writing) }
    }

    /// Ends the range where the answer ends again, if it is still read.
    package func extend() { state.withLockedValue { $0.progress.extend() } }

    /// Ends the range where it is; no byte is written into it afterwards.
    ///
    /// It waits for a write that is under way.
    ///
    /// - Returns: What was written.
    package func seal() -> ByteRange {
        disk.lock()
        defer { disk.unlock() }
        return state.withLockedValue { state in
            state.progress.seal()
            return state.progress.filled
        }
    }
}
