package import ADMModel
import Foundation
import Glibc
import Synchronization

/// The life sign of this process: a file that the kernel keeps locked while the process lives.
///
/// What a process owns in a database carries its ``id``. Whoever wants to know whether the owner
/// still lives asks ``isAlive(id:in:)``; no clock and no process number is involved, so kill -9,
/// a suspended machine and reused process numbers are all told apart rightly.
package final class Holder: Sendable {
    /// The name under which this process owns jobs.
    package let id: String
    let lock: FileLock
    /// The workspaces whose queues this process runs, by UUID.
    let served = Mutex<Set<String>>([])

    /// Creates and locks `coordination/holders/ID.lock`, and its directories where missing.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace` where that is not possible.
    package init(in layout: HomeLayout) throws(Failure) {
        let id = UUID.random().uuidString.lowercased()
        var status = stat()
        if unsafe lstat(layout.holders, &status) != 0 {
            for directory in [layout.root, layout.coordination, layout.holders] {
                guard unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                    throw Failure.system(errno, "create", directory)
                }
            }
        }
        self.id = id
        lock = try FileLock.acquire(path: Holder.path(id, layout))
        describe([])
        Holder.sweep(layout, except: id)
    }

    /// Removes the life signs of processes that were killed.
    private static func sweep(_ layout: HomeLayout, except own: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.holders)) ?? []
        for name in names where name.hasSuffix(".lock") {
            let id = String(name.dropLast(".lock".count))
            if id != own { _ = isAlive(id: id, in: layout) }
        }
    }

    deinit { end() }

    /// Removes the life sign at an orderly end; from now on this process counts as dead.
    ///
    /// Call it when nothing is owned any more. It may be called twice.
    package func end() {
        unsafe unlink(lock.path)
    }

    /// Whether the process with this life sign lives.
    ///
    /// The file of a dead one is removed where `removing` says so. Where it cannot be told, the answer
    /// is that it lives: nothing is ever taken away on a guess.
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

    /// Where its life sign lies.
    static func path(_ id: String, _ layout: HomeLayout) -> String {
        "\(layout.holders)/\(id).lock"
    }
}
