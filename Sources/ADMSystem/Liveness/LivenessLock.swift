package import ADMModel
import Foundation
import Glibc
import Synchronization

/// The liveness lock of this process: a file that the kernel keeps locked while the process lives.
///
/// What a process owns in a database carries the ``id`` of its lock. Whether the owner still lives is what
/// ``isAlive(id:in:removing:)`` says; no clock and no process number is involved, so kill -9, a suspended
/// machine and reused process numbers are all told apart correctly.
package final class LivenessLock: Sendable {
    /// The name under which this process owns jobs.
    package let id: String
    let lock: FileLock
    /// The workspaces whose queues this process runs, by UUID.
    let served = Mutex<Set<String>>([])

    /// Creates and locks `coordination/holders/ID.lock`, and its directories if they are missing.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` if that is not possible.
    package init(in layout: HomeLayout) throws(Failure) {
        let id = UUID.random().uuidString.lowercased()
        if !StateFile.isDirectory(layout.holders) {
            for directory in [layout.root, layout.coordination, layout.holders] {
                try StateFile.makeDirectory(directory)
            }
        }
        self.id = id
        lock = try FileLock.acquire(path: LivenessLock.path(id, layout))
        describe([])
        LivenessLock.sweep(layout, except: id)
    }

    /// Removes the locks of processes that were killed.
    private static func sweep(_ layout: HomeLayout, except own: String) {
        for id in all(in: layout) where id != own { _ = isAlive(id: id, in: layout) }
    }

    deinit { end() }

    /// Removes the lock at an orderly end; from now on this process counts as dead.
    ///
    /// Call it when nothing is owned any more. It may be called twice.
    package func end() {
        unsafe unlink(lock.path)
    }

    /// Whether the process with this lock lives.
    ///
    /// The file of a dead one is removed if `removing` says so. If it cannot be told, the answer is that
    /// it lives: nothing is ever taken away on a guess.
    package static func isAlive(
        id: String,
        in layout: HomeLayout,
        removing: Bool = true
    ) -> Bool {
        // An identifier comes out of a database and must not lead to another file.
        guard UUID(uuidString: id) != nil else { return false }
        do {
            return try FileLock.isFree(path: path(id, layout), removing: removing) == false
        } catch {
            return true
        }
    }

    /// Where the lock of a process lies.
    static func path(_ id: String, _ layout: HomeLayout) -> String {
        "\(layout.holders)/\(id).lock"
    }

    /// The locks that are there, of the living and the dead.
    static func all(in layout: HomeLayout) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.holders)) ?? []
        return names.filter { $0.hasSuffix(".lock") }.map { String($0.dropLast(".lock".count)) }
    }

    /// Opens the file of a lock to write into it; nil if there is none.
    ///
    /// Closing it drops no lock: that belongs to the other open file (flock(2)).
    static func open(_ id: String, in layout: HomeLayout) -> Descriptor? {
        guard UUID(uuidString: id) != nil else { return nil }
        return try? Descriptor.open(path(id, layout), O_WRONLY | O_NOFOLLOW)
    }
}
