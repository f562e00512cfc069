import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Looking at a database without locks, and without changing anything.
struct LookingTests {
    @Test func `a held lock file keeps nobody from looking`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            let job = try await catalog.queue.add("a")
            let lock = try FileLock.acquire(path: home.workspace.databaseLock)
            let look = try await Catalog.look(home.workspace, home: home.layout)
            #expect(try await look.list.job(number: job.number) == job)
            #expect(try await look.list.counts()[.ready] == 1)
            await look.close()
            lock.release()
        }
    }

    @Test func `however often a look meets a writer, its files are closed once nobody writes`()
        async throws
    {
        try await Home.with { home in
            // SQLite itself keeps files open as long as another connection of this process has them.
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            await catalog.close()
            let before = try openFiles(below: home.workspace.root)
            let lock = try FileLock.acquire(path: home.workspace.databaseLock)
            for _ in 0..<20 {
                let look = try await Catalog.look(home.workspace, home: home.layout)
                #expect(try await look.list.counts()[.ready] == 1)
                await look.close()
            }
            lock.release()
            let look = try await Catalog.look(home.workspace, home: home.layout)
            #expect(try await look.list.counts()[.ready] == 1)
            await look.close()
            let after = try openFiles(below: home.workspace.root)
            #expect(after == before)
        }
    }

    /// The files below a directory that this process has open.
    private func openFiles(below directory: String) throws -> [String] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }.filter { $0.hasPrefix(directory) }.sorted()
    }

    @Test func `whoever looks while a database is made sees it empty or whole`() async throws {
        for _ in 0..<30 {
            try await Home.with { home in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let catalog = try await home.open()
                        _ = try await catalog.queue.add("a")
                        await catalog.close()
                    }
                    for _ in 0..<2 {
                        group.addTask {
                            var ready = 0
                            while ready == 0 {
                                try Task.checkCancellation()
                                let look = try await Catalog.look(
                                    home.workspace,
                                    home: home.layout
                                )
                                ready = try await look.list.counts()[.ready] ?? 0
                                await look.close()
                            }
                            #expect(ready == 1)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `nothing is made if there is no database`() async throws {
        try await Home.with { home in
            let look = try await Catalog.look(home.workspace, home: home.layout)
            #expect(try await look.list.counts()[.ready] == 0)
            #expect(try await look.list.jobs(limit: 10) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.workspace.root) == [])
            // What somebody makes later is seen.
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            #expect(try await look.list.counts()[.ready] == 1)
            await look.close()
            await catalog.close()
        }
    }

    @Test func `a verb that changes something is refused`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            let look = try await Catalog.look(home.workspace, home: home.layout)
            await #expect(throws: Failure.self) { try await look.queue.add("a") }
            #expect(try await catalog.list.counts()[.ready] == 0)
            await look.close()
        }
    }

    @Test(arguments: 1..<WorkspaceSchema.current)
    func `a database of an older adm is read and left as it is`(version: Int) async throws {
        try await Home.with { home in
            try home.raw { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                for migration in WorkspaceSchema.migrations.prefix(version) {
                    try database.execute(sql: migration.statements)
                }
                try database.execute(sql: "PRAGMA user_version = \(version)")
            }
            let bytes = try home.bytes(home.workspace.database)
            let look = try await Catalog.look(home.workspace, home: home.layout)
            #expect(try await look.list.counts()[.ready] == 0)
            #expect(try await look.credentials.all() == [])
            await look.close()
            #expect(try home.bytes(home.workspace.database) == bytes)
        }
    }

    @Test func `a damaged, a newer and a foreign database are told apart`() async throws {
        try await Home.with { home in
            try await home.open().close()
            try home.raw { try $0.execute(sql: "PRAGMA user_version = 9999") }
            let newer = await #expect(throws: Failure.self) {
                try await Catalog.look(home.workspace, home: home.layout)
            }
            #expect(newer?.code == .databaseTooNew)
            try Data(repeating: 0x41, count: 9000)
                .write(to: URL(fileURLWithPath: home.workspace.database))
            let damaged = await #expect(throws: Failure.self) {
                try await Catalog.look(home.workspace, home: home.layout)
            }
            #expect(damaged?.code == .databaseDamaged)
        }
    }

    @Test func `changes of others are counted by who looks`() async throws {
        try await Home.withCatalog { home, catalog, _ in
            let look = try await Catalog.look(home.workspace, home: home.layout, isBrief: true)
            let before = try await look.list.changeCount()
            _ = try await catalog.queue.add("a")
            #expect(try await look.list.changeCount() != before)
            await look.close()
        }
    }

    @Test func `names with special characters reach the same file`() {
        #expect(DatabaseURI.immutable("/a b/ü?#%.db").hasPrefix("file:/a%20b/%c3%bc%3f%23%25.db?"))
    }

    @Test func `the ledger is looked at while another process keeps it`() async throws {
        try await Home.with { home in
            let ledger = Ledger(home.layout)
            let missing = try await ledger.look { $0.leases.count }
            #expect(missing == 0)
            #expect(!FileManager.default.fileExists(atPath: home.layout.coordination))
            try await ledger.transact(own: nil) { state in
                let until = BootClock.now + 60_000
                state.coolDowns["http://example.org"] = LedgerCoolDown(
                    until: until,
                    asked: until,
                    refusals: 1
                )
            }
            let lock = try FileLock.acquire(path: home.layout.ledgerLock)
            let hosts = try await Ledger(home.layout).look { Array($0.coolDowns.keys) }
            #expect(hosts == ["http://example.org"])
            lock.release()
            await ledger.close()
        }
    }
}
