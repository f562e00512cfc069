package import ADMModel
import ADMSystem
import Foundation
import GRDB
import Glibc

/// The small shared database of leases and waiters of all processes of one `ADM_HOME`.
///
/// Every transaction is one critical section under `coordination/ledger.lock`: the whole state is
/// read, a pure function changes it, and what changed is written. The rollback journal needs no
/// shared memory and no checkpoints; nothing is synced, because everything in it ends with the
/// processes that it is about. A ledger that is missing, damaged or of an earlier start of the
/// machine is made again.
package actor Ledger {
    private let home: HomeLayout
    private let executor: QueueExecutor
    private var queue: DatabaseQueue?
    private var inode: UInt64 = 0

    /// The thread that the ledger runs on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Takes part in the ledger of a home; it is opened or made at the first transaction.
    package init(_ home: HomeLayout) {
        self.home = home
        executor = QueueExecutor(label: "adm.ledger")
    }

    /// Changes the state, or only looks at it, while no other process does.
    ///
    /// It blocks while another process is in its critical section; it does not heed cancellation,
    /// so that giving a slot back is never skipped. `own` is the caller's liveness lock: it does not
    /// count if the question is whether others may have lost their leases.
    ///
    /// - Throws: ``Failure`` with `storage`, `noSpace` or `databaseTooNew`; nothing was changed.
    package func transact<R: Sendable>(
        own: String?,
        _ body: @Sendable (inout LedgerState) -> R
    ) throws(Failure) -> R {
        do {
            try prepareDirectory()
            let lock = try FileLock.acquire(path: home.ledgerLock)
            let result = Result { try perform(own: own, body) }
            lock.release()
            return try result.get()
        } catch {
            throw DatabaseFailure.of(error, at: home.ledger)
        }
    }

    /// Looks at the state without a lock file and without write access; nothing is created.
    ///
    /// SQLite's own read lock keeps it whole. If a writer keeps that from being taken, because it was
    /// stopped while it committed, or nothing may be written there, the file is read as it is. A ledger
    /// that is missing or makes no sense is one without leases.
    ///
    /// - Throws: ``Failure`` with `databaseTooNew`.
    package func look<R: Sendable>(
        _ body: @Sendable (inout LedgerState) -> R
    ) throws(Failure) -> R {
        var state = LedgerState(generation: "", quietUntil: 0, limits: BudgetLimits())
        for isFrozen in [false, true] {
            do {
                if let present = try LedgerReading.load(home.ledger, isFrozen: isFrozen) {
                    state = present
                }
                break
            } catch let failure as Failure {
                throw failure
            } catch {
                // The other way may do; what cannot be read at all will be made again by a writer.
            }
        }
        return body(&state)
    }

    /// Whether the process with this liveness lock lives; the file of a dead one stays.
    package nonisolated func isSeenAlive(_ holder: String) -> Bool {
        LivenessLock.isAlive(id: holder, in: home, removing: false)
    }

    /// Whether the process with this liveness lock lives; the file of a dead one is removed.
    package nonisolated func isAlive(_ holder: String) -> Bool {
        LivenessLock.isAlive(id: holder, in: home)
    }

    /// Tells a process to look at the ledger.
    package nonisolated func wake(_ holder: String) { LivenessLock.wake(id: holder, in: home) }

    /// Closes the database; the next transaction would open it again.
    package func close() {
        try? queue?.close()
        queue = nil
    }

    // MARK: - One transaction

    private func perform<R>(
        own: String?,
        _ body: (inout LedgerState) -> R
    ) throws -> R {
        do {
            return try attempt(own: own, body)
        } catch let error as DatabaseError where Ledger.isDamage(error) {
            // Nothing in it is worth repairing; what lives puts itself into the next one.
            close()
            try? FileManager.default.removeItem(atPath: home.ledger + ".damaged")
            try FileManager.default.moveItem(atPath: home.ledger, toPath: home.ledger + ".damaged")
            unsafe unlink(home.ledger + "-journal")
            return try attempt(own: own, body)
        }
    }

    private func attempt<R>(own: String?, _ body: (inout LedgerState) -> R) throws -> R {
        let queue = try opened()
        return try queue.writeWithoutTransaction { database in
            var result: R?
            try database.inTransaction(.immediate) {
                let boot = BootClock.bootIdentity
                let before = try LedgerTables.load(database, boot: boot, now: BootClock.now)
                var state = before ?? fresh(own: own)
                if before == nil { try Ledger.empty(database) }
                let value = body(&state)
                if before != state {
                    try LedgerTables.save(state, over: before, boot: boot, in: database)
                }
                result = value
                return .commit
            }
            guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return result
        }
    }

    /// A ledger without leases; quiet for a while if others may have some to put into it.
    private func fresh(own: String?) -> LedgerState {
        let hasOthers = LivenessLock.hasMembers(besides: own, in: home)
        let now = BootClock.now
        var state = LedgerState(
            generation: UUID.random().uuidString,
            quietUntil: hasOthers ? now + Ledger.quietTime : 0,
            limits: BudgetLimits()
        )
        // Above every number of an earlier ledger, whose leases may be put into this one.
        state.lastSerial = now.multiplied(saturating: 1_000_000)
        return state
    }

    /// How long a ledger that replaces a lost one gives nothing away, in milliseconds.
    package static let quietTime: Int64 = 3000

    private static func empty(_ database: Database) throws {
        for table in LedgerTables.names {
            try database.execute(sql: "DELETE FROM " + table)
        }
    }

    // MARK: - Opening

    private func prepareDirectory() throws(Failure) {
        guard !StateFile.isDirectory(home.coordination) else { return }
        for directory in [home.root, home.coordination] { try StateFile.makeDirectory(directory) }
    }

    /// The connection to the file that has the ledger's name now.
    private func opened() throws -> DatabaseQueue {
        var status = stat()
        let exists = unsafe lstat(home.ledger, &status) == 0
        if let queue, exists, UInt64(status.st_ino) == inode { return queue }
        // Somebody removed the file: what is open here is seen by nobody else.
        close()
        var configuration = Configuration()
        configuration.label = "adm.ledger"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA journal_mode = TRUNCATE;
                    PRAGMA synchronous = OFF;
                    PRAGMA temp_store = MEMORY;
                    """
            )
        }
        let queue = try DatabaseQueue(path: home.ledger, configuration: configuration)
        try queue.writeWithoutTransaction(createTables)
        guard unsafe lstat(home.ledger, &status) == 0 else {
            throw Failure(.last, "cannot open \(home.ledger)", of: .home)
        }
        inode = UInt64(status.st_ino)
        self.queue = queue
        return queue
    }

    private func createTables(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= LedgerTables.version else { throw Ledger.tooNew(home.ledger) }
        guard version < LedgerTables.version else { return }
        unsafe chmod(home.ledger, 0o600)
        try database.inTransaction(.immediate) {
            // What an older adm kept is forgotten: who lives puts itself into the new one.
            for table in LedgerTables.names {
                try database.execute(sql: "DROP TABLE IF EXISTS " + table)
            }
            try database.execute(sql: LedgerTables.statements)
            return .commit
        }
    }

    static func tooNew(_ path: String) -> Failure {
        Failure(
            .databaseTooNew,
            "the budget \(path) is kept by a newer adm that is running",
            hint: "update adm, or wait until the newer one has ended and remove that file"
        )
    }

    private static func isDamage(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT: true
        case .SQLITE_ERROR: error.message?.hasPrefix("no such") ?? false
        default: false
        }
    }
}
