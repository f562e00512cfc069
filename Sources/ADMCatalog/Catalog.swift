package import ADMModel
package import ADMSystem
import GRDB

/// The database of one workspace: its jobs, what happened to them, and who executes them.
///
/// Every verb is one transaction. A verb that moves a job is guarded by the state, and for its
/// executor by the epoch, that it expects: it answers whether it won and never assumes. The verbs
/// run on a thread of the catalog's own and finish whether or not the calling task is cancelled,
/// so that a checkpoint on the way out is never lost.
///
/// ## Durability
///
/// What is announced as done (added, cancelled, resumed, removed, finalizing, succeeded, failed)
/// survives a power loss when the verb returns. Progress survives the death of the process.
///
/// The verbs of an executor share transactions: those that are called while the thread is busy become
/// one transaction with one sync, and none of them returns before that is committed.
package actor Catalog {
    /// The workspace's files.
    package nonisolated let layout: WorkspaceLayout
    nonisolated let home: HomeLayout
    // Rows name this process as their owner: its liveness lock must not end before the catalog.
    private let holder: LivenessLock?
    let executor: QueueExecutor
    private var connection: (any CatalogConnection)?
    /// The workspace's directory, so that it keeps its name while the database is open.
    private var hold: WorkspaceHold?
    /// What waits for the next shared transaction.
    var waitingWrites: [SharedWrite] = []
    /// Whether the last shared transaction had several.
    var hasCompany = false

    /// The thread that the catalog runs on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    private init(_ layout: WorkspaceLayout, home: HomeLayout, holder: LivenessLock?) {
        self.layout = layout
        self.home = home
        self.holder = holder
        executor = QueueExecutor(label: "adm.catalog")
    }

    /// Opens a workspace's database; creates it where it is missing, brings it up to date where
    /// an older adm wrote it.
    ///
    /// The workspace's directory must exist, and hold the workspace `identity` where that is named; it
    /// is in use (``WorkspaceHold``) until ``close()``. A file that is damaged or from a newer adm is
    /// left exactly as it is. `busyTimeout` is how long to wait for a program that does not respect the
    /// lock file, such as a database browser.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew`, `storage`, `noSpace`,
    ///   `locked`, `workspaceNotFound` or `interrupted`.
    package static func open(
        _ layout: WorkspaceLayout,
        home: HomeLayout,
        identity: String? = nil,
        holder: LivenessLock? = nil,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, home: home, holder: holder)
        try await catalog.use(identity)
        do {
            try await catalog.connect(busyTimeout)
            try await catalog.mendCounters()
        } catch {
            await catalog.close()
            throw error
        }
        return catalog
    }

    /// Opens the database as ``open(_:home:identity:holder:busyTimeout:)`` does, for somebody who keeps
    /// all others out of the workspace.
    package static func open(
        alone layout: WorkspaceLayout,
        home: HomeLayout,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, home: home, holder: nil)
        try await catalog.connect(busyTimeout)
        try await catalog.mendCounters()
        return catalog
    }

    /// Opens the database to look only: nothing is changed or waited for.
    ///
    /// No write access is needed, and every verb that changes something throws. Where there is no database it is an empty one. The workspace is in use until ``close()``, or where
    /// `isBrief` says so until the database is open: then it may be renamed or removed meanwhile, and
    /// the catalog goes on with what it has open.
    ///
    /// - Throws: ``Failure`` as ``open(_:home:identity:holder:busyTimeout:)`` does.
    package static func look(
        _ layout: WorkspaceLayout,
        home: HomeLayout,
        identity: String? = nil,
        isBrief: Bool = false,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, home: home, holder: nil)
        try await catalog.use(identity)
        do {
            try await catalog.connectReading(busyTimeout)
        } catch {
            await catalog.close()
            throw error
        }
        if isBrief { await catalog.letGo() }
        return catalog
    }

    /// The empty database of a workspace that does not exist yet.
    package static func nothing(
        _ layout: WorkspaceLayout,
        home: HomeLayout
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, home: home, holder: nil)
        try await catalog.connectReading(.zero)
        return catalog
    }

    /// Closes the database; the last process to do so empties the write-ahead log.
    ///
    /// Every verb after this throws. It may be called twice.
    package func close() {
        commitShared()
        connection?.close()
        connection = nil
        hold = nil
    }

    /// How often the database was opened anew because its files had changed.
    var reopenings: Int64 { connection?.reopenings ?? 0 }

    func read<R>(_ body: (Database) throws -> R) throws(Failure) -> R {
        try connected().read(body)
    }

    func write<R>(
        _ durability: Durability,
        _ body: (Database) throws -> R
    ) throws(Failure) -> R {
        do { return try connected().write(durability, body) } catch {
            // SQLite says the same of a full disk and of numbers that are used up.
            guard error.code == .noSpace,
                let reason = try? read({ try Catalog.exhaustion(in: $0) })
            else { throw error }
            throw .database(reason, at: layout.database)
        }
    }

    private func connect(_ busyTimeout: Duration) throws(Failure) {
        connection = try Connection(
            path: layout.database,
            lockPath: layout.databaseLock,
            hold: hold,
            busyTimeout: busyTimeout
        )
    }

    private func connectReading(_ busyTimeout: Duration) throws(Failure) {
        connection = try ReadingConnection(
            path: layout.database,
            lockPath: layout.databaseLock,
            hold: hold,
            busyTimeout: busyTimeout
        )
    }

    private func use(_ identity: String?) throws(Failure) {
        hold = try WorkspaceHold.share(layout, identity: identity)
    }

    private func letGo() { hold?.letGo() }

    private func connected() throws(Failure) -> any CatalogConnection {
        guard let connection else {
            throw Failure(.unclassified, "the database \(layout.database) was closed already")
        }
        return connection
    }
}
