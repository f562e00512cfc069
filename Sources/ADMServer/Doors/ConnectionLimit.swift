import Synchronization

/// How many connections are open, of those that may be.
final class ConnectionLimit: Sendable {
    private let count = Mutex(0)
    /// How many there may be.
    let limit: Int

    /// Begins without any.
    init(_ limit: Int) { self.limit = limit }

    /// Counts one more; false if there are as many as there may be.
    func take() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    /// One is closed.
    func giveBack() { count.withLock { $0 -= 1 } }

    /// How many there are.
    var current: Int { count.withLock(\.self) }
}
