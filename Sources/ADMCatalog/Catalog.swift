package import ADMModel
package import ADMSystem
import GRDB
import Glibc

/// The open database of one workspace: its jobs, what happened to them, and who executes them.
///
/// Every verb is one transaction. A verb that moves a job is guarded by the state, and for its
/// executor by the epoch, that it expects: it answers whether it won and never assumes.
///
/// ## Durability
///
/// What is announced as done (added, cancelled, resumed, removed, finalizing, succeeded, failed)
/// survives a power loss when the verb returns. Progress survives the death of the process.
///
/// The verbs of an executor share transactions: those that are called while the thread is busy become
/// one transaction with one sync, and none of them returns before that is committed.
package struct Catalog: Sendable {
    /// The workspace's files.
    package let layout: WorkspaceLayout
    let database: WorkspaceDatabase
    /// Who lives of those that own jobs.
    package var liveness: Liveness

    /// What comes next, claims and new jobs.
    package var queue: JobQueue { JobQueue(database: database, liveness: liveness) }
    /// What people and recovery do to jobs.
    package var control: JobControl { JobControl(database: database, liveness: liveness) }
    /// What the executor of a job records.
    package var recorder: JobRecorder { JobRecorder(database: database) }
    /// Jobs and events to look at.
    package var list: JobList { JobList(database: database) }
    /// The credentials of the workspace.
    package var credentials: CredentialBook { CredentialBook(database: database) }

    private init(_ layout: WorkspaceLayout, _ liveness: Liveness, holder: LivenessLock? = nil) {
        self.layout = layout
        self.liveness = liveness
        database = WorkspaceDatabase(layout, holder: holder)
    }

    /// Opens a workspace's database; creates it if it is missing, brings it up to date if an older adm
    /// wrote it.
    ///
    /// The workspace's directory must exist, and hold the workspace `identity` if that is named; it
    /// is in use (``WorkspaceHold``) until ``close()``. A file that is damaged or from a newer adm is
    /// left exactly as it is. `busyTimeout` is how long to wait for a program that does not respect the
    /// lock file, such as a database browser. Without `liveness`, who lives is told by the locks of `home`.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew`, `storage`, `noSpace`,
    ///   `locked`, `workspaceNotFound` or `interrupted`.
    package static func open(
        _ layout: WorkspaceLayout,
        home: HomeLayout,
        identity: String? = nil,
        holder: LivenessLock? = nil,
        liveness: Liveness? = nil,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, liveness ?? .locks(in: home), holder: holder)
        try await catalog.database.use(identity)
        do { try await catalog.database.connect(busyTimeout) } catch {
            await catalog.close()
            throw error
        }
        return catalog
    }

    /// Opens the database as ``open(_:home:identity:holder:liveness:busyTimeout:)`` does, for somebody who keeps
    /// all others out of the workspace.
    package static func open(
        alone layout: WorkspaceLayout,
        home: HomeLayout,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, .locks(in: home))
        try await catalog.database.connect(busyTimeout)
        return catalog
    }

    /// Opens the database to look only: nothing is changed or waited for.
    ///
    /// No write access is needed, and every verb that changes something throws. If there is no database
    /// it is an empty one. The workspace is in use until ``close()``, or with `isBrief` until the database
    /// is open: then it may be renamed or removed, and the catalog continues with what it has open.
    ///
    /// - Throws: ``Failure`` as ``open(_:home:identity:holder:liveness:busyTimeout:)`` does.
    package static func look(
        _ layout: WorkspaceLayout,
        home: HomeLayout,
        identity: String? = nil,
        isBrief: Bool = false,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, .locks(in: home, removing: false))
        try await catalog.database.use(identity)
        do { try await catalog.database.connectReading(busyTimeout) } catch {
            await catalog.close()
            throw error
        }
        if isBrief { await catalog.database.letGo() }
        return catalog
    }

    /// The empty database of a workspace that does not exist yet.
    package static func nothing(
        _ layout: WorkspaceLayout,
        home: HomeLayout
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, .locks(in: home, removing: false))
        try await catalog.database.connectReading(.zero)
        return catalog
    }

    /// Closes the database; the last process to do so empties the write-ahead log.
    ///
    /// Every verb after this throws. It may be called twice.
    package func close() async { await database.close() }

    /// Tells the processes that run jobs of this home to look at what others want of theirs.
    package func wakeOwners() { liveness.wakeAll() }

    /// Tells some processes to look at what others want of their jobs.
    package func wake(_ owners: Set<String>) {
        for owner in owners { liveness.wake(owner) }
    }

    /// Whether jobs belong to processes that died.
    package func hasDeadOwners() async throws(Failure) -> Bool {
        try await database.read { try String.fetchAll($0, sql: JobQuery.owners) }
            .contains { !liveness.isAlive($0) }
    }

    /// Whether processes run jobs or wait for them in the foreground, and whether one of these processes died.
    package func executors() async throws(Failure) -> (present: Bool, dead: Bool) {
        let ids = try await database.read { database in
            try String.fetchAll(database, sql: JobQuery.owners)
                + String.fetchAll(database, sql: JobQuery.foregroundOwners)
        }
        let dead = ids.contains { !liveness.isAlive($0) }
        return (!ids.isEmpty, dead)
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
