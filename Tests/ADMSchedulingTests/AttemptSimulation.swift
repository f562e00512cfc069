import ADMModel
import Foundation

@testable import ADMCatalog
@testable import ADMScheduling

/// An attempt beside a server, a disk and a database that do whatever the seed says.
struct AttemptSimulation {
    /// How the attempt came to its end.
    enum End: Sendable, Hashable {
        case delivered(Verification?)
        case kept(SegmentMap, Failure)
        case discarded(Failure)
        /// A step threw, as the server or the disk did.
        case thrown
        /// It did not end.
        case none
    }

    private(set) var attempt: Attempt
    private(set) var steps: [Attempt.Step] = []
    private(set) var end = End.none
    /// What must not happen and did.
    private(set) var faults: [String] = []
    private var generator: SplitMix64
    /// Whether the bytes that lie on disk now are the right ones, as a digest would say.
    private var isWholeRight = false
    private var wrongPieces: Set<Int> = []
    private var isWholeSealed = false

    let length: Int64

    init(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        length = Int64.random(in: 1...(3 * Attempt.smallFile), using: &generator)
        let piece: Int64 = 500_000
        let count = Int((length + piece - 1) / piece)
        let pieces =
            chance(40)
            ? try PieceHashes(
                .sha256,
                pieceLength: piece,
                digests: [UInt8](repeating: 7, count: 32 * count)
            ) : nil
        let request = JobRequest(
            url: try SourceURL("https://example.org/file.bin"),
            checksum: chance(40) ? AttemptSimulation.checksum : nil,
            mirrors: try (0..<Int.random(in: 0...3, using: &generator)).map {
                try SourceURL("https://m\($0).example.org/file.bin")
            },
            size: chance(30) ? length : nil
        )
        let attempts = Int.random(in: 1...3, using: &generator)
        let job = Job(
            id: JobID(),
            number: 1,
            request: request,
            state: .running,
            directory: "/downloads",
            validators: Validators(
                entityTag: chance(50) ? "\"a\"" : nil,
                length: chance(50) ? length : nil
            ),
            attempts: attempts,
            createdAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
        var segments = SegmentMap()
        if attempts > 1, chance(60) { segments = SegmentMap([ByteRange(0, length / 2)]) }
        var claim = Claim(job: job, epoch: 1, owner: "p", segments: segments)
        claim.pieces = pieces
        attempt = Attempt(claim, policy: .rename)
        self.generator = generator
    }

    static let checksum = Checksum(.sha256, bytes: [UInt8](repeating: 1, count: 32))

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    /// Takes steps until the attempt ends.
    mutating func run() {
        var step = attempt.first
        while steps.count < 200 {
            steps.append(step)
            do {
                guard let event = try take(step) else { return }
                step = try attempt.next(event)
            } catch {
                end = .thrown
                return
            }
        }
    }

    private mutating func take(_ step: Attempt.Step) throws -> Attempt.Event? {
        switch step {
        case .reopen: return .reopened(chance(70))
        case .prepare:
            let known = attempt.claim.job.request.checksum
            return .prepared(
                known.map { .known(Verification(checksum: $0, source: .request)) } ?? .unknown
            )
        case .fetch(let fetch): return try self.fetch(fetch)
        case .check(let step): return .checked(check(step))
        case .recordRepair(let wrong):
            if wrong.pieces.isEmpty { faults.append("nothing is wrong and is fetched again") }
            return .repairRecorded
        case .seal:
            isWholeSealed = true
            return .isSealed
        case .keep(let right, let failure): end = .kept(right, failure)
        case .discard(let failure): end = .discarded(failure)
        case .deliver(let verification):
            if !isWholeSealed { faults.append("the file is named before it is durable") }
            end = .delivered(verification)
        }
        return nil
    }

    private mutating func fetch(_ fetch: Attempt.Fetch) throws -> Attempt.Event {
        if chance(5) { throw Failure(.network, "it broke") }
        let file = RemoteFile(
            url: attempt.claim.job.request.url,
            validators: Validators(length: length),
            continues: chance(50)
        )
        var fetched = Set(0..<(attempt.claim.pieces?.count ?? 0))
        if case .wrong(let wrong, _) = fetch {
            fetched.formIntersection(wrong.pieces)
        } else {
            let recording = try attempt.identify(file)
            if recording == .later, length > Attempt.smallFile {
                faults.append("a large file is recorded only at its end")
            }
        }
        for piece in fetched.sorted() {
            if chance(25) { wrongPieces.insert(piece) } else { wrongPieces.remove(piece) }
        }
        isWholeRight = wrongPieces.isEmpty && chance(80)
        let isMixed = chance(20)
        let digests = chance(20) ? [AttemptSimulation.checksum].compactMap { $0 } : []
        return .fetched(
            length: chance(95) ? length : length + 1,
            digests: digests,
            isMixed: isMixed
        )
    }

    private mutating func check(_ step: FileCheck.Step) -> FileCheck.Finding {
        switch step {
        case .begin: return .begun
        case .checkPieces(let suspects):
            let looked = suspects.map(Set.init) ?? wrongPieces
            return .wrongPieces(wrongPieces.intersection(looked).sorted())
        case .checkWhole:
            return isWholeRight
                ? .wholeIsRight : .wholeIsWrong(Failure(.integrity, "the digest is another"))
        case .digest: return .digest(hex: String(repeating: "ab", count: 32))
        case .accept, .repair, .reject:
            faults.append("the check is over and goes on")
            return .begun
        }
    }

    /// Whether what was delivered is what was promised.
    var isRight: Bool {
        guard case .delivered(let verification) = end else { return true }
        switch verification?.source {
        case .request, .server, .list: return isWholeRight
        case .pieces: return wrongPieces.isEmpty
        case nil: return attempt.claim.job.request.checksum == nil && attempt.claim.pieces == nil
        }
    }

    /// How often bytes were fetched.
    var fetches: Int { steps.count { if case .fetch = $0 { true } else { false } } }
}
