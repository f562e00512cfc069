import ADMModel
import Foundation
import GRDB
import Glibc
import Testing

@testable import ADMCatalog

/// What a database file may look like when adm comes to it.
struct OpeningTests {
    @Test func `a missing file is created for its owner alone`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            for name in ["jobs.db", "jobs.db-wal", "jobs.db-shm", "jobs.lock"] {
                let path = home.workspace.root + "/" + name
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(mode as? Int == 0o600, "\(name)")
            }
            await catalog.close()
        }
    }

    @Test func `what was stored is there after the file was opened again`() async throws {
        try await Home.with { home in
            let first = try await home.open()
            let job = try await first.queue.add("a")
            await first.close()
            await first.close()
            #expect(!FileManager.default.fileExists(atPath: home.workspace.database + "-wal"))
            let second = try await home.open()
            #expect(try await second.list.job(number: job.number) == job)
            await second.close()
        }
    }

    @Test func `a closed catalog refuses every verb`() async throws {
        try await Home.with { home in
            let catalog = try await home.open()
            await catalog.close()
            await #expect(throws: Failure.self) { try await catalog.list.counts() }
        }
    }

    @Test func `CF5 an empty file is new, but not beside a WAL`() async throws {
        try await Home.with { home in
            let path = home.workspace.database
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            try await home.open().close()
            #expect(try home.bytes(path).count > 0)
            try Data().write(to: URL(fileURLWithPath: path))
            try Data("all that was lost".utf8).write(to: URL(fileURLWithPath: path + "-wal"))
            let failure = await #expect(throws: Failure.self) { try await home.open() }
            #expect(failure?.code == .databaseDamaged)
            #expect(try home.bytes(path + "-wal") == Data("all that was lost".utf8))
            unsafe unlink(path)
            let missing = await #expect(throws: Failure.self) { try await home.open() }
            #expect(missing?.code == .databaseDamaged)
            #expect(try home.bytes(path + "-wal") == Data("all that was lost".utf8))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test(arguments: ["text", "zeros", "truncated", "header", "schema"])
    func `CF5 a damaged file is named and left as it is`(kind: String) async throws {
        try await Home.with { home in
            let path = home.workspace.database
            let catalog = try await home.open()
            for index in 0..<200 { _ = try await catalog.queue.add("file-\(index)") }
            await catalog.close()
            var bytes = try home.bytes(path)
            switch kind {
            case "text": bytes = Data("not a database, but longer than its header: ".utf8) + bytes
            case "zeros": bytes = Data(count: bytes.count)
            case "truncated": bytes = bytes.prefix(bytes.count / 2)
            case "header": bytes.replaceSubrange(16..<40, with: Data(repeating: 0xFF, count: 24))
            default: bytes.replaceSubrange(100..<4096, with: Data(repeating: 0xA5, count: 3996))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            let failure = await #expect(throws: Failure.self) { try await home.open() }
            #expect(failure?.code == .databaseDamaged)
            #expect(failure?.message.contains(path) == true)
            #expect(failure?.hint != nil)
            #expect(try home.bytes(path) == bytes)
        }
    }

    @Test func `CF5 damage inside is reported by the verb that meets it`() async throws {
        try await Home.with { home in
            let path = home.workspace.database
            let catalog = try await home.open()
            for index in 0..<400 { _ = try await catalog.queue.add("file-\(index)") }
            await catalog.close()
            var bytes = try home.bytes(path)
            let half = bytes.count / 8192 * 4096
            bytes.replaceSubrange(half..., with: Data(repeating: 0xA5, count: bytes.count - half))
            try bytes.write(to: URL(fileURLWithPath: path))
            let again = try await home.open()
            let failure = await #expect(throws: Failure.self) {
                let findings = try await again.list.quickCheck()
                #expect(findings != [])
                _ = try await again.list.jobs(limit: 400)
            }
            #expect(failure?.code == .databaseDamaged)
            await again.close()
        }
    }

    @Test func `a database of a newer adm is refused and left as it is`() async throws {
        try await Home.with { home in
            try await home.open().close()
            try home.raw { try $0.execute(sql: "PRAGMA user_version = 9999") }
            let bytes = try home.bytes(home.workspace.database)
            let failure = await #expect(throws: Failure.self) { try await home.open() }
            #expect(failure?.code == .databaseTooNew)
            #expect(try home.bytes(home.workspace.database) == bytes)
        }
    }

    @Test func `a database of another program is refused and left as it is`() async throws {
        try await Home.with { home in
            try home.raw { try $0.execute(sql: "CREATE TABLE note (text)") }
            let bytes = try home.bytes(home.workspace.database)
            let failure = await #expect(throws: Failure.self) { try await home.open() }
            #expect(failure?.code == .databaseDamaged)
            #expect(try home.bytes(home.workspace.database) == bytes)
        }
    }

    @Test func `a copy that lost its WAL mode gets it back`() async throws {
        try await Home.with { home in
            let first = try await home.open()
            _ = try await first.queue.add("a")
            await first.close()
            try home.raw { _ = try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
            let second = try await home.open()
            _ = try await second.queue.add("b")
            #expect(FileManager.default.fileExists(atPath: home.workspace.database + "-wal"))
            #expect(try await second.list.jobs(limit: 9).count == 2)
            await second.close()
        }
    }

    @Test func `a file that another program keeps locked is reported as locked`() async throws {
        try await Home.with { home in
            let catalog = try await home.open(busyTimeout: .milliseconds(20))
            let job = try await catalog.queue.add("a")
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(
                path: home.workspace.database,
                configuration: configuration
            )
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let failure = await #expect(throws: Failure.self) { try await catalog.queue.add("b") }
            #expect(failure?.code == .locked)
            #expect(try await catalog.list.job(number: job.number) == job)
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try other.close()
            _ = try await catalog.queue.add("b")
            await catalog.close()
        }
    }

    @Test func `a directory, a link and a missing workspace are storage failures`() async throws {
        try await Home.with { home in
            func expectStorageFailure() async {
                let failure = await #expect(throws: Failure.self) { try await home.open() }
                #expect(failure?.code == .storage)
            }
            let path = home.workspace.database
            unsafe mkdir(path, 0o700)
            await expectStorageFailure()
            unsafe rmdir(path)
            unsafe symlink(home.workspace.root + "/elsewhere", path)
            await expectStorageFailure()
            try FileManager.default.removeItem(atPath: home.workspace.root)
            await expectStorageFailure()
        }
    }

    @Test func `twenty openings of a new workspace at once make one database`() async throws {
        try await Home.with { home in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let catalog = try await home.open()
                        _ = try await catalog.queue.add("file-\(index)")
                        await catalog.close()
                    }
                }
                try await group.waitForAll()
            }
            let catalog = try await home.open()
            #expect(try await catalog.list.jobs(limit: 99).count == 20)
            #expect(try await catalog.list.events(limit: 99).map(\.sequence) == Array(1...20))
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
        }
    }
}
