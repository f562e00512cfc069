import ADMModel
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// What becomes of the databases of older versions.
struct MigrationTests {
    /// Makes a database as an older adm left it, with a job in each state that has no columns of its own.
    private static func make(_ version: Int, in home: Home, _ more: String = "") throws {
        try home.raw { database in
            for migration in WorkspaceSchema.migrations.prefix(version) {
                try database.execute(sql: migration.statements)
            }
            try database.execute(sql: "PRAGMA user_version = \(version); " + more)
        }
    }

    /// Adds a job in a state, past all triggers but not past the checks.
    private static func row(_ index: Int, _ state: String, finished: String = "NULL") -> String {
        """
        INSERT INTO job (id, state, sort_key, run_at, priority, created_at, updated_at, host, url,
            directory, uniq, withheld, request, file_name, finished_at)
        VALUES ('01J0000000000000000000000\(index)', '\(state)', 0, 0, 1, 0, 7, 'a.org',
            'https://a.org/f\(index)', '/d', 'k\(index)', '[]', '{}', 'f\(index)', \(finished));
        """
    }

    private static func schema(_ home: Home) throws -> [String] {
        try home.raw { database in
            try String.fetchAll(
                database,
                sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name"
            )
        }
    }

    @Test(arguments: 2..<WorkspaceSchema.current)
    func `a database of an older adm becomes what a new one is, with its jobs`(
        version: Int
    ) async throws {
        try await Home.with { home in
            let rows =
                MigrationTests.row(1, "ready") + MigrationTests.row(2, "paused")
                + MigrationTests.row(3, "succeeded", finished: "5")
            try MigrationTests.make(version, in: home, rows)
            let catalog = try await home.open()
            let states = try await catalog.queue.states(of: [1, 2, 3])
            #expect(states == [1: .ready, 2: .paused, 3: .succeeded])
            let jobs = try await catalog.list.jobs(limit: 9)
            #expect(jobs.map(\.fileName) == ["f3", "f2", "f1"])
            await catalog.close()
            try await Home.with { fresh in
                try await fresh.open().close()
                #expect(try MigrationTests.schema(home) == MigrationTests.schema(fresh))
            }
            // Two jobs that are not finished still cannot fetch the same, nor save to one name.
            for column in ["uniq", "file_name"] {
                #expect(throws: DatabaseError.self) {
                    try home.raw { database in
                        try database.execute(
                            sql: "UPDATE job SET \(column) = \(column) || 'x' WHERE number = 1"
                        )
                        try database.execute(
                            sql: """
                                UPDATE job SET \(column) =
                                    (SELECT \(column) FROM job WHERE number = 1) WHERE number = 2
                                """
                        )
                    }
                }
            }
            let findings = try home.raw { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
            #expect(findings == ["ok"])
        }
    }

    @Test func `a row that contradicts itself does not keep a database from being opened`()
        async throws
    {
        try await Home.with { home in
            // Both fetch the same; the first one has ended, but nothing says when.
            let damage =
                "PRAGMA ignore_check_constraints = ON; " + MigrationTests.row(1, "failed")
                + MigrationTests.row(2, "ready") + "UPDATE job SET uniq = 'k', file_name = 'f'"
            try MigrationTests.make(8, in: home, damage)
            let catalog = try await home.open()
            #expect(try await catalog.queue.states(of: [1, 2]) == [1: .failed, 2: .ready])
            let first = try #require(try await catalog.list.job(number: 1))
            #expect(first.finishedAt == Date(timeIntervalSince1970: 0.007))
            await catalog.close()
        }
    }

    @Test func `no move makes SQLite build a table of its own`() async throws {
        try await Home.with { home in
            try await home.open().close()
            let moves = [
                "state = 'running', owner = 'x', epoch = epoch + 1",
                "state = 'finalizing', intent = NULL, file_name = 'f', target_size = 1",
                "state = 'succeeded', owner = NULL, finished_at = 1, attendant = NULL",
                "state = 'retrying', owner = NULL, run_at = 1, sort_key = 1",
            ]
            for move in moves {
                let steps = try home.raw { database in
                    try Row.fetchAll(
                        database,
                        sql: "EXPLAIN UPDATE job SET \(move) WHERE number = 1 AND state = 'ready'"
                    )
                    .map { $0["opcode"] as String }
                }
                #expect(steps.contains("Program"), "\(move)")
                #expect(!steps.contains("OpenEphemeral"), "\(move)")
            }
        }
    }
}
