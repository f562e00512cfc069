import Synchronization

/// When to look at the free space again while bytes are written; any thread may ask.
final class SpaceGuard: Sendable {
    /// This many files may be written at once, each of which looks for itself.
    private static let writers: Int64 = 64
    /// The fewest and the most bytes between two looks, and the longest time in nanoseconds.
    private static let steps: ClosedRange<Int64> = 262_144...67_108_864
    private static let interval: UInt64 = 1_000_000_000

    private let least = Atomic<Int64>(0)
    private let left = Atomic<Int64>(0)
    private let next = Atomic<UInt64>(0)

    /// How many bytes must stay free; 0 for any number.
    var reserve: Int64 { least.load(ordering: .relaxed) }

    /// Begins to guard; the first write is looked at.
    func begin(keeping bytes: Int64) {
        least.store(max(0, bytes), ordering: .relaxed)
        left.store(0, ordering: .relaxed)
        next.store(0, ordering: .relaxed)
    }

    /// Whether the free space is to be looked at before a write, at a time in nanoseconds.
    func isDue(for count: Int, at time: UInt64) -> Bool {
        guard reserve > 0 else { return false }
        let rest = left.wrappingSubtract(Int64(count), ordering: .relaxed).newValue
        let isLate = time >= next.load(ordering: .relaxed)
        guard rest < 0 || isLate else { return false }
        next.store(time + SpaceGuard.interval, ordering: .relaxed)
        return true
    }

    /// Takes what was found free.
    func note(free: Int64) {
        let spare = free - min(free, reserve)
        let share = max(spare / SpaceGuard.writers, SpaceGuard.steps.lowerBound)
        left.store(min(share, spare, SpaceGuard.steps.upperBound), ordering: .relaxed)
    }
}
