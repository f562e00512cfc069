import ADMModel
import ADMSystem
import GRDB
import Glibc

/// A connection that looks only: it takes no lock file, changes nothing and needs no write access.
///
/// A reader of a WAL database shares memory with the writers (`-shm`), which SQLite wants to write.
/// What cannot be had that way is read in the first of these ways that works:
///
/// 1. as everyone does, if the file may be written;
/// 2. read-only beside processes that have the database open, whose shared memory is there;
/// 3. by an index of its own in memory if nobody can have it open: with the log (`-wal`) if that
///    holds something, else the database file alone. Should the files change all the same, because a
///    read-only mount shows what somebody writes through another one, the statements run again.
///
/// A database that is missing is empty; one of an older adm is read through a copy in memory.
final class ReadingConnection: CatalogConnection {
    private let path: String
    private let lockPath: String
    private let hold: WorkspaceHold?
    private let busyTimeout: Duration
    private var opened: Opened?
    private(set) var reopenings: Int64 = 0

    private struct Opened {
        let queue: DatabaseQueue
        let way: Way
        /// What the files were like when it was opened, if nothing else tells of changes.
        let stamp: FileStamp?
    }

    private enum Way: CaseIterable {
        case shared
        case readOnly
        case frozen
        case absent
    }

    /// Opens the database, or takes an empty one if there is none.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew`, `storage` or `locked`.
    init(
        path: String,
        lockPath: String,
        hold: WorkspaceHold?,
        busyTimeout: Duration
    ) throws(Failure) {
        self.path = path
        self.lockPath = lockPath
        self.hold = hold
        self.busyTimeout = busyTimeout
        opened = try open()
    }

    deinit { close() }

    func read<R>(_ body: (Database) throws -> R) throws(Failure) -> R {
        do {
            var result = Result { try attempt(body) }
            // A few times, because somebody may be writing all the time.
            for _ in 0..<5 {
                guard let stamp = opened?.stamp, stamp != FileStamp(path) else { break }
                close()
                reopenings += 1
                opened = try open()
                result = Result { try attempt(body) }
            }
            return try result.get()
        } catch {
            throw DatabaseFailure.of(error, at: path)
        }
    }

    func write<R>(
        _ durability: Durability,
        _ body: (Database) throws -> R
    ) throws(Failure) -> R {
        throw Failure(.unclassified, "the database \(path) was opened to look only")
    }

    /// Closes the connection; one that may checkpoint is closed only if nobody holds the lock file.
    func close() {
        guard let opened else { return }
        self.opened = nil
        guard opened.way == .shared else {
            try? opened.queue.close()
            return
        }
        guard let hold, hold.isCurrent else { return UnclosedConnections.keep(opened.queue) }
        guard let lock = try? FileLock.tryAcquire(path: lockPath) else {
            return UnclosedConnections.keep(opened.queue, until: lockPath, hold)
        }
        try? opened.queue.close()
        UnclosedConnections.close(under: lockPath)
        lock.release()
    }

    private func attempt<R>(_ body: (Database) throws -> R) throws -> R {
        guard let queue = opened?.queue else {
            throw Failure(.unclassified, "the database \(path) was closed already")
        }
        return try queue.transact(.deferred, body)
    }

    // MARK: - Opening

    private func open() throws(Failure) -> Opened {
        try hold?.requireCurrent()
        let opened = try openPresent()
        // Between the two, the name may have become that of another workspace.
        do { try hold?.requireCurrent() } catch {
            self.opened = opened
            close()
            throw error
        }
        return opened
    }

    private func openPresent() throws(Failure) -> Opened {
        // Before it is looked for: one that is made meanwhile shows as a change.
        let before = FileStamp(path)
        guard try DatabaseFile(path: path, lockPath: lockPath).exists() else {
            return try empty(before)
        }
        var failure: (any Error)?
        for way in Way.allCases where way != .absent {
            do {
                if way == .shared, !isWritable { continue }
                return try open(way)
            } catch let error as DatabaseError where ReadingConnection.mayBeOtherwise(error) {
                failure = failure ?? error
            } catch {
                throw DatabaseFailure.of(error, at: path)
            }
        }
        throw DatabaseFailure.of(
            failure ?? DatabaseError(resultCode: .SQLITE_CANTOPEN),
            at: path
        )
    }

    private func open(_ way: Way) throws -> Opened {
        let stamp = way == .frozen ? FileStamp(path) : nil
        var configuration = Configuration()
        configuration.label = "adm.reading"
        configuration.busyMode = .timeout(busyTimeout.seconds)
        configuration.readonly = way != .shared
        configuration.prepareDatabase { database in
            if way == .frozen {
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            }
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -2000;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = 0;
                    PRAGMA query_only = ON;
                    """
            )
        }
        let queue = try DatabaseQueue(path: name(way, stamp), configuration: configuration)
        let opened = Opened(queue: queue, way: way, stamp: stamp)
        do {
            // In one transaction: somebody may be making the tables.
            let version = try queue.transact(.deferred) { [path] database in
                try WorkspaceSchema.version(of: database, at: path)
            }
            guard version < WorkspaceSchema.current else { return opened }
            let copy = try copy(queue)
            self.opened = opened
            close()
            return Opened(queue: copy, way: .absent, stamp: stamp ?? FileStamp(path))
        } catch {
            self.opened = opened
            close()
            throw error
        }
    }

    /// The name under which SQLite opens the file.
    private func name(_ way: Way, _ stamp: FileStamp?) -> String {
        guard way == .frozen else { return path }
        let hasLog = stamp.map { $0.logSize > 0 } ?? false
        return hasLog ? DatabaseURI.unlocked(path) : DatabaseURI.immutable(path)
    }

    /// A database of an older adm as this one would make it, in memory.
    private func copy(_ queue: DatabaseQueue) throws -> DatabaseQueue {
        let memory = try DatabaseQueue()
        try queue.backup(to: memory)
        try memory.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                // Somebody may have brought the file up to date since its version was seen.
                try WorkspaceSchema.migrate(
                    database,
                    from: try WorkspaceSchema.version(of: database, at: path)
                )
                return .commit
            }
        }
        return memory
    }

    private func empty(_ before: FileStamp) throws(Failure) -> Opened {
        do {
            let memory = try DatabaseQueue()
            try memory.writeWithoutTransaction { database in
                try WorkspaceSchema.migrate(database, from: 0)
            }
            return Opened(queue: memory, way: .absent, stamp: before)
        } catch { throw DatabaseFailure.of(error, at: path) }
    }

    private var isWritable: Bool {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return unsafe access(path, W_OK) == 0 && access(directory, W_OK) == 0
    }

    /// Whether another way of opening may succeed if this one failed: the surroundings are to
    /// blame, and not what the file holds.
    private static func mayBeOtherwise(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR,
            .SQLITE_FULL, .SQLITE_PROTOCOL:
            true
        default: false
        }
    }
}

/// What a database file and its log look like from outside.
struct FileStamp: Hashable {
    let logSize: Int64
    private let marks: [Int64]

    init(_ path: String) {
        let files = [path, path + "-wal"].map { name -> stat? in
            var status = stat()
            return unsafe lstat(name, &status) == 0 ? status : nil
        }
        logSize = files[1].map { Int64($0.st_size) } ?? 0
        marks = files.flatMap { status -> [Int64] in
            guard let status else { return [] }
            return [
                Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_size),
                Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
            ]
        }
    }
}
