import GRDB
import Synchronization

/// Connections that could not be closed safely and stay open until the process ends.
///
/// The end of a process closes its files without a checkpoint, which is what a close without the lock
/// file must not do.
enum UnclosedConnections {
    private static let queues = Mutex<[DatabaseQueue]>([])

    static func keep(_ queue: DatabaseQueue) { queues.withLock { $0.append(queue) } }
}
