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
