package import ADMModel
import ADMSystem
import GRDB
import Glibc

/// Opening to look only.
extension Catalog {
    /// Whether jobs belong to processes that died.
    package func hasDeadOwners() throws(Failure) -> Bool {
        let home = self.home
        return try read { try String.fetchAll($0, sql: JobQuery.owners) }
            .contains { !LivenessLock.isAlive(id: $0, in: home, removing: false) }
    }

    /// Whether the database can be written without waiting, as far as that can be told.
    package static func isUnlocked(_ layout: WorkspaceLayout) -> Bool {
        guard unsafe access(layout.root, W_OK) == 0,
            let lock = try? FileLock.tryAcquire(path: layout.databaseLock)
        else { return false }
        lock.release()
        return true
    }
}
