import Synchronization

/// How many connections a transfer may have now; it may change while the transfer runs.
package final class ConnectionAllowance: Sendable {
    private let allowed: Atomic<Int>

    /// Allows a number of connections, at least one.
    package init(_ count: Int = .max) { allowed = Atomic(max(1, count)) }

    /// The number of connections, at least one.
    ///
    /// A transfer that has more ends those beyond it at its next look, a tenth of a second later at most.
    package var count: Int { allowed.load(ordering: .relaxed) }

    /// Allows another number of connections, at least one.
    package func set(_ count: Int) { allowed.store(max(1, count), ordering: .relaxed) }
}
