import Synchronization

/// How many jobs of a workspace transfer in this process, for those who cannot ask the scheduler.
final class TransferCount: Sendable {
    private let count = Atomic<Int>(0)

    /// The number now.
    var value: Int { count.load(ordering: .relaxed) }

    /// Takes the number.
    func set(_ value: Int) { count.store(value, ordering: .relaxed) }
}
