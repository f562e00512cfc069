import Dispatch
import Synchronization

/// When a disk is slow.
///
/// A write that finds room in the kernel's memory takes microseconds and is best done where the bytes
/// arrive. One that must wait for the disk would hold up every connection of the same event loop.
enum SlowWrites {
    /// A write that takes longer, in nanoseconds, was waiting for the disk.
    static let limit: UInt64 = 20_000_000
    /// How long the disk is taken to be slow afterwards, in nanoseconds.
    static let memory: UInt64 = 500_000_000

    /// The present, in nanoseconds since some beginning.
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}

extension PartFile {
    /// Whether a write had to wait for the disk a moment ago.
    package var isSlow: Bool { isSlow(at: SlowWrites.now) }

    /// Whether a write had to wait for the disk a moment before `time`, in nanoseconds of
    /// `DispatchTime`; before the first such write never.
    package func isSlow(at time: UInt64) -> Bool {
        let until = slowUntil.load(ordering: .relaxed)
        return until > 0 && time < until
    }

    /// Runs work on a thread of this file, one after another.
    package func onOwnThread(_ body: @escaping @Sendable () -> Void) {
        thread.async(execute: body)
    }

    func noteWrite(since beginning: UInt64) {
        let now = SlowWrites.now
        guard now - beginning > SlowWrites.limit else { return }
        slowUntil.store(now + SlowWrites.memory, ordering: .relaxed)
    }
}
