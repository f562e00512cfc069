import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Verbs that share a transaction: faster together, and each with an outcome of its own.
struct GroupCommitTests {
    private struct Mishap: Error {}

    @Test func `verbs that are called at the same time share a transaction`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            let jobs = try await catalog.queue.add(
                (0..<200).map { (try request("f\($0)"), directory: "/downloads") }
            )
            let before = try catalog.commits()
            let claims = try await withThrowingTaskGroup(of: Claim?.self) { group in
                for job in jobs.map(\.job) {
                    group.addTask {
                        try await catalog.queue.claim(number: job.number, owner: holder.id)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(claims.compactMap(\.self).count == 200)
            #expect(try catalog.commits() - before < 100)
            #expect(try await catalog.list.counts()[.running] == 200)
        }
    }

    @Test func `a verb that fails spoils none of those beside it`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let jobs = try await catalog.queue.add(
                (0..<50).map { (try request("f\($0)"), directory: "/downloads") }
            )
            let outcomes = await withTaskGroup(of: Result<Int64, Failure>.self) { group in
                for job in jobs.map(\.job) {
                    group.addTask { await catalog.mark(job.number, fails: job.number % 10 == 0) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let marked = outcomes.compactMap { try? $0.get() }
            #expect(marked.count == 45)
            #expect(try await catalog.tagged("seen").sorted() == marked.sorted())
        }
    }

    @Test func `what waits for a transaction is committed before the database closes`() async throws
    {
        try await Home.withCatalog { home, catalog, _ in
            let job = try await catalog.queue.add("a")
            let other = try await Catalog.open(catalog.layout, home: home.layout)
            async let marked = other.mark(job.number, fails: false)
            async let closed: Void = other.close()
            let (outcome, _) = await (marked, closed)
            // Where closing came first, the verb says so; it is never lost in silence.
            let isThere = try await catalog.tagged("seen") == [job.number]
            #expect(isThere == ((try? outcome.get()) != nil))
        }
    }

    @Test func `the columns of a job are in the order of its table`() async throws {
        try await Home.withCatalog { _, catalog, _ in
            let names = try await catalog.columns()
            #expect(names == JobColumn.allCases.map(\.name))
        }
    }
}

extension Catalog {
    /// How many transactions were written, as the frames of the log that end one tell.
    fileprivate func commits() throws -> Int {
        let log = try Data(contentsOf: URL(filePath: layout.database + "-wal"))
        let pageSize = log.dropFirst(8).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return stride(from: 32, to: log.count - 24, by: 24 + pageSize).count { frame in
            log.dropFirst(frame + 4).prefix(4).contains { $0 != 0 }
        }
    }

    fileprivate func mark(_ number: Int64, fails: Bool) async -> Result<Int64, Failure> {
        do throws(Failure) {
            return .success(
                try await database.commitInGroup(.process) { database in
                    try JobRecord.tag(number, "seen", in: database)
                    if fails { throw DatabaseError(resultCode: .SQLITE_CONSTRAINT) }
                    return number
                }
            )
        } catch { return .failure(error) }
    }

    fileprivate func tagged(_ tag: String) async throws(Failure) -> [Int64] {
        try await database.read {
            try Int64.fetchAll($0, sql: "SELECT job FROM tag WHERE tag = ?", arguments: [tag])
        }
    }

    fileprivate func columns() async throws(Failure) -> [String] {
        try await database.read { try $0.columns(in: "job").map(\.name) }
    }
}
