import ADMModel
import Foundation
import Testing

@testable import ADMCatalog
@testable import ADMScheduling

struct AttemptTests {
    /// Each stands for 250 sequences.
    private static let batches = 0..<16

    @Test(arguments: batches)
    func `an attempt ends, names only what is durable and right, and asks no server for ever`(
        _ batch: Int
    ) throws {
        var ends: [AttemptSimulation.End] = []
        for seed in UInt64(batch) * 250..<UInt64(batch + 1) * 250 {
            var world = try AttemptSimulation(seed: seed)
            world.run()
            #expect(world.end != .none && world.faults.isEmpty, "seed \(seed)")
            #expect(world.isRight, "seed \(seed)")
            let mirrors = world.attempt.claim.job.request.mirrors.count
            #expect(world.fetches <= mirrors + 2, "seed \(seed)")
            ends.append(world.end)
        }
        // The seeds lead everywhere.
        #expect(ends.contains { if case .delivered(nil) = $0 { true } else { false } })
        #expect(ends.contains { if case .delivered(.some) = $0 { true } else { false } })
        #expect(ends.contains { if case .kept = $0 { true } else { false } })
        #expect(ends.contains { if case .discarded = $0 { true } else { false } })
    }

    private func attempt(
        attempts: Int = 1,
        segments: SegmentMap = SegmentMap(),
        checksum: Checksum? = nil,
        entityTag: String? = nil
    ) throws -> Attempt {
        let job = Job(
            id: JobID(),
            number: 7,
            request: JobRequest(
                url: try SourceURL("https://example.org/file.bin"),
                checksum: checksum
            ),
            state: .running,
            directory: "/downloads",
            validators: Validators(entityTag: entityTag),
            attempts: attempts,
            createdAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
        return Attempt(Claim(job: job, epoch: 1, owner: "p", segments: segments), policy: .rename)
    }

    private func file(_ length: Int64, continues: Bool = false) throws -> RemoteFile {
        RemoteFile(
            url: try SourceURL("https://example.org/file.bin"),
            validators: Validators(length: length),
            continues: continues
        )
    }

    @Test func `only a small file that is new is recorded at its end`() throws {
        var small = try attempt()
        #expect(try small.identify(file(1000)) == .later)
        #expect(small.takePending() != nil && small.takePending() == nil)
        var large = try attempt()
        #expect(try large.identify(file(2_000_000)) == .now(restarts: false))
        #expect(large.takePending() == nil)
        var again = try attempt(attempts: 2, segments: SegmentMap([ByteRange(0, 10)]))
        #expect(try again.identify(file(1000)) == .now(restarts: true))
        #expect(try again.identify(file(1000, continues: true)) == .now(restarts: false))
    }

    @Test func `bytes of an earlier run are kept only if something proves that they belong`() throws
    {
        let half = SegmentMap([ByteRange(0, 500)])
        var proven = try attempt(attempts: 2, segments: half, entityTag: "\"a\"")
        #expect(proven.first == .reopen)
        #expect(try proven.next(.reopened(true)) == .prepare)
        #expect(
            try proven.next(.prepared(.unknown))
                == .fetch(.rest(of: half, known: Validators(entityTag: "\"a\"")))
        )
        #expect(!proven.mayBeMixed)

        var unproven = try attempt(attempts: 2, segments: half)
        #expect(try unproven.next(.reopened(true)) == .prepare)
        #expect(
            try unproven.next(.prepared(.unknown)) == .fetch(.rest(of: SegmentMap(), known: nil))
        )

        // A digest of the whole finds any mixing at the end, and then the file starts again.
        let checksum = try #require(AttemptSimulation.checksum)
        var digested = try attempt(attempts: 2, segments: half, checksum: checksum)
        #expect(try digested.next(.reopened(true)) == .prepare)
        let known = ExpectedDigest.known(Verification(checksum: checksum, source: .request))
        #expect(
            try digested.next(.prepared(known))
                == .fetch(.rest(of: half, known: Validators()))
        )
        #expect(digested.mayBeMixed)

        var lost = try attempt(attempts: 2, segments: half, entityTag: "\"a\"")
        #expect(try lost.next(.reopened(false)) == .prepare)
        #expect(
            try lost.next(.prepared(.unknown)) == .fetch(.rest(of: SegmentMap(), known: nil))
        )
    }

    @Test func `a file of another length than promised is not kept`() {
        let check = FileCheck(length: 9, size: 10, pieces: nil, wanted: nil, suspects: nil)
        guard case .reject(let failure) = check.first else {
            Issue.record("it is kept")
            return
        }
        #expect(failure.code == .integrity)
        #expect(failure.message == "the file has 9 bytes and not 10")
    }

    @Test func `right pieces under a wrong digest of the whole contradict each other`() throws {
        let pieces = try PieceHashes(
            .sha256,
            pieceLength: 5,
            digests: [UInt8](repeating: 0, count: 64)
        )
        let checksum = try #require(AttemptSimulation.checksum)
        var check = FileCheck(
            length: 10,
            size: nil,
            pieces: pieces,
            wanted: Verification(checksum: checksum, source: .request),
            suspects: nil
        )
        #expect(check.first == .begin(.sha256))
        let failure = Failure(.integrity, "another digest")
        #expect(
            try check.next(.begun)
                == .checkWhole(Verification(checksum: checksum, source: .request))
        )
        #expect(try check.next(.wholeIsWrong(failure)) == .checkPieces(nil))
        #expect(try check.next(.wrongPieces([])) == .reject(failure))
    }

    @Test func `after a repair only the pieces that were wrong are checked again`() throws {
        let pieces = try PieceHashes(
            .sha256,
            pieceLength: 5,
            digests: [UInt8](repeating: 0, count: 64)
        )
        var check = FileCheck(length: 10, size: nil, pieces: pieces, wanted: nil, suspects: [1])
        #expect(check.first == .begin(.sha256))
        #expect(try check.next(.begun) == .checkPieces([1]))
        var still = check
        let wrong = WrongPieces(pieces: [1], right: SegmentMap([ByteRange(0, 5)]), length: 10)
        #expect(try still.next(.wrongPieces([1])) == .repair(wrong))
        #expect(try check.next(.wrongPieces([])) == .digest(.sha256))
        let hex = String(repeating: "ab", count: 32)
        #expect(
            try check.next(.digest(hex: hex))
                == .accept(Verification(checksum: Checksum(.sha256, hex: hex), source: .pieces))
        )
    }
}
