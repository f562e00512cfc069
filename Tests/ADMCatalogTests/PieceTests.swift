import ADMModel
import ADMSystem
import Foundation
import GRDB
import Testing

@testable import ADMCatalog

/// Digests of pieces lie beside the job that they are for.
struct PieceTests {
    private func pieces(_ byte: UInt8, count: Int = 3) throws -> PieceHashes {
        try PieceHashes(
            .sha1,
            pieceLength: 1024,
            digests: [UInt8](repeating: byte, count: count * 20)
        )
    }

    private func count(_ catalog: Catalog) async throws -> Int? {
        try await catalog.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM piece") }
    }

    @Test func `a claim has the pieces that the job was added with`() async throws {
        try await Home.withCatalog { _, catalog, holder in
            var wanted = try request("a")
            wanted.size = 3000
            wanted.pieces = try pieces(7)
            let job = try #require(
                try await catalog.queue.add([(wanted, directory: "/d")]).first
            ).job
            let plain = try await catalog.queue.add("b")
            let claim = try #require(
                try await catalog.queue.claim(number: job.number, owner: holder.id)
            )
            #expect(claim.pieces == wanted.pieces)
            #expect(claim.job.request.size == 3000)
            #expect(claim.job.request.pieces == nil)
            let other = try await catalog.queue.claim(number: plain.number, owner: holder.id)
            #expect(other?.pieces == nil)
        }
    }

    @Test func `a newer request replaces the pieces, and one without any removes them`()
        async throws
    {
        try await Home.withCatalog { _, catalog, _ in
            var wanted = try request("a")
            wanted.pieces = try pieces(7)
            let job = try #require(
                try await catalog.queue.add([(wanted, directory: "/d")]).first
            ).job
            wanted.pieces = try pieces(8, count: 2)
            _ = try await catalog.control.amend(number: job.number, with: wanted)
            let kept = try await catalog.database.read {
                try JobRecord.pieces(of: job.number, in: $0)
            }
            #expect(kept == wanted.pieces)
            wanted.pieces = nil
            _ = try await catalog.control.amend(number: job.number, with: wanted)
            #expect(try await count(catalog) == 0)
        }
    }

    @Test func `pieces that are none are refused`() throws {
        for (length, count) in [(Int64(0), 20), (-1, 20), (5, 0), (5, 19), (5, 41)] {
            let digests = [UInt8](repeating: 0, count: count)
            let thrown = #expect(throws: Failure.self) {
                try PieceHashes(.sha1, pieceLength: length, digests: digests)
            }
            #expect(thrown?.code == .usage)
        }
        #expect(try pieces(1).fit(length: 2049))
        #expect(try pieces(1).fit(length: 3072))
        #expect(try !pieces(1).fit(length: 3073))
        #expect(try !pieces(1).fit(length: 2048))
    }
}
