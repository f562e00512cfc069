import GRDB
import Synchronization

/// Connections that could not be closed safely.
///
/// A close without the lock file must not make a checkpoint. So they stay open until a later close has that lock,
/// or until the process ends, which closes files without one.
enum UnclosedConnections {
    private struct Kept: Sendable {
        let queue: DatabaseQueue
        /// The lock file and the workspace; nil for one that stays until the process ends.
        var place: (lockPath: String, hold: WorkspaceHold)?
    }

    private static let kept = Mutex<[Kept]>([])

    /// Keeps a connection until the process ends.
    static func keep(_ queue: DatabaseQueue) { kept.withLock { $0.append(Kept(queue: queue)) } }

    /// Keeps a connection until somebody has the lock; nobody is kept from a rename by it.
    static func keep(_ queue: DatabaseQueue, until lockPath: String, _ hold: WorkspaceHold) {
        hold.letGo()
        kept.withLock { $0.append(Kept(queue: queue, place: (lockPath, hold))) }
    }

    /// Closes those that waited for this lock file, which the caller holds.
    static func close(under lockPath: String) {
        let free = kept.withLock { kept in
            let isFree = { (entry: Kept) in
                entry.place.map { $0.lockPath == lockPath && $0.hold.isCurrent } ?? false
            }
            defer { kept.removeAll(where: isFree) }
            return kept.filter(isFree)
        }
        for entry in free { try? entry.queue.close() }
    }
}
