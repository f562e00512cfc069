import ADMModel
import ADMSystem
import GRDB
import Glibc

/// What a catalog needs of its database.
protocol CatalogConnection: AnyObject {
    /// Runs statements that see one state of the database.
    func read<R>(_ body: (Database) throws -> R) throws(Failure) -> R

    /// Runs a write transaction; if `body` throws, nothing was written.
    func write<R>(
        _ durability: Durability,
        _ body: (Database) throws -> R
    ) throws(Failure) -> R

    /// Closes the connection; it never fails.
    func close()

    /// How often it was opened again because its files had changed.
    var reopenings: Int64 { get }
}

extension DatabaseQueue {
    /// Runs a transaction and answers what it answers; if `body` throws, nothing was written.
    func transact<R>(
        _ kind: Database.TransactionKind,
        _ body: (Database) throws -> R
    ) throws -> R {
        try writeWithoutTransaction { database in
            var value: R?
            try database.inTransaction(kind) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return value
        }
    }
}

/// One connection to a database in WAL mode, with adm's rules for locks, syncs and checkpoints.
///
/// SQLite up to 3.51.2 can damage a WAL database when one process runs a checkpoint beside another
/// one's commit. So every write transaction and every checkpoint of every adm process happens under
/// the lock file, and SQLite never checkpoints by itself. All calls block; the owner calls them
/// from one thread at a time.
final class Connection: CatalogConnection {
    /// Above this size of the WAL, in bytes, a commit is followed by a checkpoint.
    static let walLimit: Int64 = 16 * 1_048_576

    private let path: String
    private let lockPath: String
    private let hold: WorkspaceHold?
    private let queue: DatabaseQueue
    private var isClosed = false
    let reopenings: Int64 = 0
    private var synchronous = Durability.process
    private var nextCheckpoint = Connection.walLimit

    /// Opens the database, creating and migrating it if needed.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew`, `storage`, `noSpace`,
    ///   `locked`; the file is left as it was.
    init(
        path: String,
        lockPath: String,
        hold: WorkspaceHold? = nil,
        busyTimeout: Duration
    ) throws(Failure) {
        self.path = path
        self.lockPath = lockPath
        self.hold = hold
        try DatabaseFile(path: path, lockPath: lockPath).prepare()
        var configuration = Configuration()
        configuration.label = "adm.database"
        configuration.busyMode = .timeout(busyTimeout.seconds)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -2000;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = 0;
                    PRAGMA synchronous = NORMAL;
                    """
            )
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw DatabaseFailure.of(error, at: path)
        }
        try bringUpToDate()
    }

    deinit { close() }

    /// Runs statements that see one state of the database.
    func read<R>(_ body: (Database) throws -> R) throws(Failure) -> R {
        do {
            return try queue.transact(.deferred, body)
        } catch {
            throw DatabaseFailure.of(error, at: path)
        }
    }

    /// Runs a write transaction under the lock file.
    ///
    /// If `body` throws, nothing was written.
    func write<R>(
        _ durability: Durability,
        _ body: (Database) throws -> R
    ) throws(Failure) -> R {
        do {
            let lock = try acquireLock()
            let result = Result {
                try prepare(durability)
                let value = try queue.transact(.immediate, body)
                checkpointIfLarge()
                return value
            }
            lock.release()
            return try result.get()
        } catch {
            throw DatabaseFailure.of(error, at: path)
        }
    }

    /// Closes the connection; the last one to close empties the WAL.
    ///
    /// It never fails: what could not be put into the database file now stays in the WAL, where
    /// the next one to open finds it. Closing may checkpoint, so without the lock file the connection
    /// stays open until the process ends.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        guard let lock = try? acquireLock() else { return UnclosedConnections.keep(queue) }
        try? queue.close()
        lock.release()
    }

    /// Takes the lock file of this workspace, and of no other that has its name by now.
    private func acquireLock() throws(Failure) -> FileLock {
        try hold?.requireCurrent()
        let lock = try FileLock.acquire(path: lockPath)
        do { try hold?.requireCurrent() } catch {
            lock.release()
            throw error
        }
        return lock
    }

    private func prepare(_ durability: Durability) throws {
        guard durability != synchronous else { return }
        try queue.writeWithoutTransaction { database in
            switch durability {
            case .process: try database.execute(sql: "PRAGMA synchronous = NORMAL")
            case .power: try database.execute(sql: "PRAGMA synchronous = FULL")
            }
        }
        synchronous = durability
    }

    private func checkpointIfLarge() {
        let size = walSize
        guard size > nextCheckpoint else { return }
        // The commit stands whatever becomes of the checkpoint; another one is tried later.
        let frames = try? queue.writeWithoutTransaction { try $0.checkpoint(.passive) }
        let isComplete = frames.map { $0.walFrameCount == $0.checkpointedFrameCount } ?? false
        nextCheckpoint = isComplete ? Connection.walLimit : size + Connection.walLimit
    }

    // The size limit of 0 makes SQLite cut the file when it begins again, so its size tells how
    // much of it is in use.
    private var walSize: Int64 {
        var status = stat()
        return unsafe lstat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }

    private func bringUpToDate() throws(Failure) {
        guard try !read(isUpToDate) else { return }
        let lock = try acquireLock()
        let result = Result {
            try queue.writeWithoutTransaction { database in
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw Failure(
                        .storage,
                        "the file system of \(path) cannot carry a database",
                        hint: "set ADM_HOME to a directory on a local file system",
                        cause: "no write-ahead log is possible there"
                    )
                }
            }
            try prepare(.power)
            try queue.transact(.immediate) { database in
                // Another process may have been here while this one waited for the lock.
                try WorkspaceSchema.migrate(
                    database,
                    from: try WorkspaceSchema.version(of: database, at: path)
                )
            }
        }
        lock.release()
        do { try result.get() } catch { throw DatabaseFailure.of(error, at: path) }
    }

    // A copy made by other tools may have lost the WAL mode.
    private func isUpToDate(_ database: Database) throws -> Bool {
        guard try WorkspaceSchema.version(of: database, at: path) == WorkspaceSchema.current else {
            return false
        }
        return try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
    }
}
