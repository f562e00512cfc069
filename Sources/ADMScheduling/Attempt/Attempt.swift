import ADMCatalog
import ADMModel
import ADMTransfer
import Foundation

/// One attempt at a job, as a list of steps: what is known, and what is to be done next.
///
/// A pure value: ``JobAttempt`` takes the steps and tells what came of them. Every turning point is recorded
/// before the next step begins, in the order that makes each crash point recoverable.
struct Attempt: Sendable {
    /// Up to this length, in bytes, a file is recorded when it is whole.
    static let smallFile: Int64 = 1_048_576

    /// Which bytes are to be fetched.
    enum Fetch: Sendable, Hashable {
        /// What is missing beside the bytes of earlier runs; nil for the validators if none are kept.
        case rest(of: SegmentMap, known: Validators?)
        /// What was wrong, from another server, counted as in ``TransferPlan/leader``.
        case wrong(WrongPieces, leader: Int)
    }

    /// What is to be done next.
    enum Step: Sendable, Hashable {
        /// Open what an earlier run left.
        case reopen
        /// Find out which credentials and which digest there are.
        case prepare
        case fetch(Fetch)
        /// Take a step of the check.
        case check(FileCheck.Step)
        /// Record that pieces are fetched again, and which bytes are right.
        case recordRepair(WrongPieces)
        /// Record which bytes are right; the attempt fails.
        case keep(SegmentMap, Failure)
        /// Forget every byte; the attempt fails.
        case discard(Failure)
        /// The slot is free for another job; make the file durable as it is, and give it its final name if
        /// nothing is in the way.
        case seal
        /// See the move to the final name through.
        case deliver(Verification?)
    }

    /// What came of a step.
    enum Event: Sendable {
        /// The part file of an earlier run was opened, or there is none.
        case reopened(Bool)
        case prepared(ExpectedDigest)
        /// Every byte has arrived.
        case fetched(length: Int64, digests: [Checksum], isMixed: Bool)
        case checked(FileCheck.Finding)
        case repairRecorded
        case isSealed
    }

    /// What is to be recorded when the server has said what the file is.
    enum Recording: Sendable, Hashable {
        /// Everything at once, when the file is whole.
        case later
        /// What the server said, now; first that the bytes of earlier runs are gone if `restarts` says so.
        case now(restarts: Bool)
    }

    let claim: Claim
    /// What is done if a file of the name exists.
    let policy: ConflictPolicy
    /// The name under which it is saved; nil while it is not known.
    var name: String?
    /// What the file has to be.
    private(set) var digest = ExpectedDigest.unknown
    /// What the server said that the file is.
    private(set) var file: RemoteFile?
    /// What the server said, as long as it is not recorded.
    private(set) var pending: RemoteFile?
    /// How many bytes of earlier runs are kept.
    private(set) var bytesAtStart: Int64 = 0
    /// How many bytes were fetched again because they were wrong.
    private(set) var bytesRepaired: Int64 = 0
    /// Whether nothing about the file was recorded in an earlier run.
    private var isFresh: Bool
    /// Whether bytes of an earlier run are kept although nothing proves that they still belong.
    private var resumesBlindly = false
    /// Whether bytes of several servers were put together.
    private var isMixed = false
    /// The pieces that were found wrong last and are fetched again.
    private var suspects: [Int]?
    private var repairs = 0
    /// What was found wrong last.
    private var wrong: WrongPieces?
    /// What the check found right.
    private(set) var verification: Verification?
    private var hasPart = false
    private var check: FileCheck?

    /// Creates an attempt at a job that was claimed.
    init(_ claim: Claim, policy: ConflictPolicy) {
        self.claim = claim
        self.policy = policy
        name = claim.job.fileName
        isFresh =
            claim.job.attempts <= 1 && claim.segments.count == 0 && claim.job.fileName == nil
    }

    /// Whether a digest that is wrong may be so because of what was put together.
    var mayBeMixed: Bool { claim.pieces == nil && (resumesBlindly || isMixed) }

    /// Whether a digest of the whole file or of its pieces is named, which finds any mixing at the end.
    var isTrusted: Bool { claim.job.request.namesDigest || claim.pieces != nil }

    /// The first step; a job that never ran has no part file.
    var first: Step { claim.job.attempts > 1 || claim.segments.count > 0 ? .reopen : .prepare }

    /// The step after an event.
    ///
    /// - Throws: ``Failure`` if a digest is not one.
    mutating func next(_ event: Event) throws(Failure) -> Step {
        switch event {
        case .reopened(let hasPart):
            self.hasPart = hasPart
            return .prepare
        case .prepared(let digest):
            self.digest = digest
            return .fetch(start())
        case .fetched(let length, let digests, let isMixed):
            self.isMixed = self.isMixed || isMixed
            let offered = claim.pieces == nil ? digests.first : nil
            let check = FileCheck(
                length: length,
                size: claim.job.request.size,
                pieces: claim.pieces,
                wanted: digest.verification
                    ?? offered.map { Verification(checksum: $0, source: .server) },
                suspects: suspects
            )
            self.check = check
            return step(after: check.first)
        case .checked(let finding):
            guard let next = try check?.next(finding) else { return .fetch(start()) }
            return step(after: next)
        case .repairRecorded:
            guard let wrong else { return .fetch(start()) }
            return .fetch(.wrong(wrong, leader: repairs - 1))
        case .isSealed: return .deliver(verification)
        }
    }

    // MARK: - What is fetched

    private mutating func start() -> Fetch {
        let validators = claim.job.validators
        let mayContinue = hasPart && (validators.canProveSameness || isTrusted)
        let done = mayContinue ? bytesToKeep(of: validators.length) : SegmentMap()
        resumesBlindly = mayContinue && done.count > 0 && !validators.canProveSameness
        bytesAtStart = done.count
        return .rest(of: done, known: mayContinue ? validators : nil)
    }

    /// The bytes of earlier runs that are kept: all but the last one if the file is whole and only the
    /// server's answer says what it is called.
    private func bytesToKeep(of length: Int64?) -> SegmentMap {
        guard case .listed = digest, let length, length > 0, claim.segments.count == length else {
            return claim.segments
        }
        return SegmentMap([ByteRange(0, length - 1)])
    }

    /// How many connections the file could use, by what the server says of it.
    func connections(for file: RemoteFile, _ settings: TransferSettings) -> Int {
        guard file.canResume, let length = file.validators.length else { return 1 }
        let done = file.continues ? bytesAtStart : 0
        return ConnectionRamp.mostConnections(
            bytesMissing: length.subtracting(saturating: done),
            minimum: settings.minSegmentSize.bytes,
            limit: min(settings.maxConnections, claim.allowedConnections ?? .max)
        )
    }

    // MARK: - What the server says

    /// Takes what the server says that the file is.
    ///
    /// - Throws: ``Failure`` with `integrity` if a list of digests does not know the file.
    mutating func identify(_ file: RemoteFile) throws(Failure) -> Recording {
        self.file = file
        digest = try digest.found(for: claim.job.request, file)
        if !file.continues { suspects = nil }
        if isFresh, let length = file.validators.length, length <= Attempt.smallFile {
            pending = file
            return .later
        }
        let restarts = !file.continues && !isFresh
        if restarts {
            bytesAtStart = 0
            resumesBlindly = false
        }
        isFresh = false
        pending = nil
        return .now(restarts: restarts)
    }

    /// What is to be recorded before the first checkpoint; nil if it was recorded.
    mutating func takePending() -> RemoteFile? {
        guard let pending else { return nil }
        self.pending = nil
        isFresh = false
        return pending
    }

    // MARK: - The check

    private mutating func step(after step: FileCheck.Step) -> Step {
        switch step {
        case .accept(let verification):
            self.verification = verification
            return .seal
        case .repair(let wrong): return repair(wrong)
        case .reject(let failure): return .discard(failure)
        default: return .check(step)
        }
    }

    /// Fetches wrong pieces again, unless every server gave them wrong.
    private mutating func repair(_ wrong: WrongPieces) -> Step {
        guard repairs <= min(claim.job.request.mirrors.count, 16) else {
            let what = wrong.pieces.count == 1 ? "1 piece" : "\(wrong.pieces.count) pieces"
            return .keep(
                wrong.right,
                Failure(
                    .integrity,
                    "\(what) (\(ByteCount(wrong.count))) came wrong from every server",
                    hint:
                        "the rest is kept: adm queue retry \(claim.number) asks for what is wrong again"
                )
            )
        }
        repairs += 1
        suspects = wrong.pieces
        bytesRepaired += wrong.count
        bytesAtStart -= wrong.count
        self.wrong = wrong
        return .recordRepair(wrong)
    }
}

extension Attempt {
    /// What is told of the file when it has its final name.
    func completion(
        named name: String,
        length: Int64,
        seconds: Double
    ) -> JobEvent.Completion {
        JobEvent.Completion(
            destinationPath: "\(claim.job.directory)/\(name)",
            totalBytes: length,
            elapsedSeconds: seconds,
            averageSpeed: seconds > 0 ? Double(length - bytesAtStart) / seconds : 0,
            verification: verification,
            repairedBytes: bytesRepaired > 0 ? bytesRepaired : nil
        )
    }

    /// The job as its row says it when it is done.
    func finished(
        _ job: Job,
        as completion: JobEvent.Completion,
        name: String,
        at now: Date
    ) -> Job {
        var job = job
        job.state = .succeeded
        job.fileName = name
        job.bytesDone = completion.totalBytes
        job.bytesTotal = completion.totalBytes
        job.verification = completion.verification
        job.failure = nil
        job.finishedAt = now
        if let file {
            job.finalURL = file.url
            job.validators = file.validators
        }
        return job
    }
}
