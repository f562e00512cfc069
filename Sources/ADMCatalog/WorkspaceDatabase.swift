import ADMModel
import ADMSystem
import GRDB

/// One workspace's database, open on a thread of its own; the roles of a ``Catalog`` share it.
///
/// What runs here finishes whether or not the calling task is cancelled, so that a checkpoint on the way
/// out is never lost.
package actor WorkspaceDatabase {
    nonisolated let layout: WorkspaceLayout
    /// The options of jobs that were claimed last.
    nonisolated let options = OptionsMemory()
    // Rows name this process as their owner: its life sign must not end before the database is closed.
    private let holder: LivenessLock?
    let executor: QueueExecutor
    private var connection: (any CatalogConnection)?
    /// The workspace's directory, so that it keeps its name while the database is open.
    private var hold: WorkspaceHold?
    /// What waits for the next transaction that is shared.
    var waitingWrites: [GroupedWrite] = []
    /// How many callers wait for it.
    var askers = 0
    /// Whether several callers shared the last one.
    var isBatching = false

    /// The thread that the database is used on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ layout: WorkspaceLayout, holder: LivenessLock?) {
        self.layout = layout
        self.holder = holder
        executor = QueueExecutor(label: "adm.catalog")
    }

    /// Takes part in the workspace's use, which must be the workspace `identity` if that is named.
    func use(_ identity: String?) throws(Failure) {
        hold = try WorkspaceHold.share(layout, identity: identity)
    }

    /// Stops taking part, so that the workspace may be renamed or removed; the database stays open.
    func letGo() { hold?.letGo() }

    func connect(_ busyTimeout: Duration) throws(Failure) {
        connection = try Connection(
            path: layout.database,
            lockPath: layout.databaseLock,
            hold: hold,
            busyTimeout: busyTimeout
        )
        guard try read(JobCounters.areNonsense) else { return }
        try write(.process, JobCounters.mend)
    }

    func connectReading(_ busyTimeout: Duration) throws(Failure) {
        connection = try ReadingConnection(
            path: layout.database,
            lockPath: layout.databaseLock,
            hold: hold,
            busyTimeout: busyTimeout
        )
    }

    /// Closes the database after what waits was committed; every call after this throws.
    func close() {
        commitGroup()
        connection?.close()
        connection = nil
        hold = nil
    }

    /// A number that changes whenever another connection changed the database
    /// (`PRAGMA data_version`).
    func changeCount() throws(Failure) -> Int64 {
        let count = try read { database in
            try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        }
        // Each connection counts for itself.
        return (connection?.reopenings ?? 0) << 40 | count
    }

    /// Runs statements that see one state of the database.
    func read<R: Sendable>(_ body: @Sendable (Database) throws -> R) throws(Failure) -> R {
        try connected().read(body)
    }

    /// Runs statements in one transaction; if `body` throws, nothing was written.
    func write<R: Sendable>(
        _ durability: Durability,
        _ body: @Sendable (Database) throws -> R
    ) throws(Failure) -> R {
        do { return try connected().write(durability, body) } catch {
            // SQLite says the same of a full disk and of numbers that are used up.
            guard error.code == .noSpace,
                let reason = try? read({ try JobCounters.exhaustion(in: $0) })
            else { throw error }
            throw DatabaseFailure.of(reason, at: layout.database)
        }
    }

    private func connected() throws(Failure) -> any CatalogConnection {
        guard let connection else {
            throw Failure(.unclassified, "the database \(layout.database) was closed already")
        }
        return connection
    }
}
