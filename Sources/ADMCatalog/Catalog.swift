package import ADMModel
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
    // Rows name this process as their owner: its life sign must not end before the catalog.
    private let holder: Holder?
    let executor: QueueExecutor
    private var connection: Connection?
    /// What waits for the next shared transaction.
    var waitingWrites: [SharedWrite] = []
    /// Whether the last shared transaction had several.
    var hasCompany = false

    /// The thread that the catalog runs on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    private init(_ layout: WorkspaceLayout, home: HomeLayout, holder: Holder?) {
        self.layout = layout
        self.home = home
        self.holder = holder
        executor = QueueExecutor(label: "adm.catalog")
    }

    /// Opens a workspace's database; creates it where it is missing, brings it up to date where
    /// an older adm wrote it.
    ///
    /// The workspace's directory must exist. A file that is damaged or from a newer adm is left
    /// exactly as it is. `busyTimeout` is how long to wait for a program that does not respect the
    /// lock file, such as a database browser.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew`, `storage`, `noSpace` or
    ///   `locked`.
    package static func open(
        _ layout: WorkspaceLayout,
        home: HomeLayout,
        holder: Holder? = nil,
        busyTimeout: Duration = .seconds(5)
    ) async throws(Failure) -> Catalog {
        let catalog = Catalog(layout, home: home, holder: holder)
        try await catalog.connect(busyTimeout)
        try await catalog.mendCounters()
        return catalog
    }

    /// Closes the database; the last process to do so empties the write-ahead log.
    ///
    /// Every verb after this throws. It may be called twice.
    package func close() {
        commitShared()
        connection?.close()
        connection = nil
    }

    func read<R>(_ body: (Database) throws -> R) throws(Failure) -> R {
        try connected().read(body)
    }

    func write<R>(
        _ durability: Durability,
        _ body: (Database) throws -> R
    ) throws(Failure) -> R {
        try connected().write(durability) { database in
            do { return try body(database) } catch let error as DatabaseError
                where error.resultCode == .SQLITE_FULL
            { throw try Catalog.exhaustion(in: database) ?? error }
        }
    }

    private func connect(_ busyTimeout: Duration) throws(Failure) {
        connection = try Connection(
            path: layout.database,
            lockPath: layout.databaseLock,
            busyTimeout: busyTimeout
        )
    }

    private func connected() throws(Failure) -> Connection {
        guard let connection else {
            throw Failure(.unclassified, "the database \(layout.database) was closed already")
        }
        return connection
    }
}
