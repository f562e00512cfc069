import ADMCatalog
import ADMDisk
import ADMModel
import ADMTransfer
import Foundation

/// One attempt at a job: its transfer, the check of its digest, and the move to its final name.
///
/// Every turning point is recorded before the next step begins, in the order that makes each crash
/// point recoverable: bytes synced, row `finalizing` with the name, rename, directory synced, row
/// `succeeded`.
actor JobAttempt {
    let claim: Claim
    let resources: RunResources
    let destination: Destination
    let policy: ConflictPolicy
    var part: PartFile?
    var name: String?
    var expected: Verification?
    /// The list that names the digest, as long as it is not known under which name.
    var list: ChecksumLookup?
    var identity: RemoteFile?
    /// Whether nothing about the file was recorded in an earlier run.
    private var isFresh: Bool
    /// What the server said, as long as it is not recorded.
    var pendingHead: RemoteFile?

    /// Up to this length, in bytes, a file is recorded when it is whole.
    private static let smallFile: Int64 = 1_048_576
    private var startedAt = ContinuousClock.now
    var bytesAtStart: Int64 = 0
    /// Whether bytes of an earlier run are kept although nothing proves that they still belong.
    private(set) var resumesBlindly = false
    /// Whether bytes of several servers were put together.
    private(set) var isMixed = false
    /// The pieces that were found wrong last and are fetched again.
    var suspects: [Int]?
    /// How many bytes were fetched again because they were wrong.
    var bytesRepaired: Int64 = 0
    private let isAlone: Bool
    /// Whether a digest that is wrong may be so because of what was put together.
    var mayBeMixed: Bool { claim.pieces == nil && (resumesBlindly || isMixed) }

    /// Prepares an attempt; where `isAlone` says so, one server at a time gives the file.
    init(_ claim: Claim, resources: RunResources, isAlone: Bool = false) {
        self.isAlone = isAlone
        self.claim = claim
        self.resources = resources
        destination = Destination(
            directory: claim.job.directory,
            job: claim.job.id,
            groupSync: resources.groupSync
        )
        policy = claim.job.request.ifExists ?? resources.settings.ifExists
        name = claim.job.fileName
        isFresh =
            claim.job.attempts <= 1 && claim.segments.count == 0 && claim.job.fileName == nil
    }

    /// Runs the attempt to its end.
    ///
    /// - Throws: ``Failure``; ``AlreadyThere`` where the file exists and is to be skipped;
    ///   `CancellationError` after a checkpoint.
    func run() async throws -> JobOutcome {
        defer { if let part { destination.release(part) } }
        do { return try await fetch() } catch let unsettled as Unsettled {
            throw unsettled
        } catch {
            await forgetIfTouched()
            if let part { await destination.giveBackSpace(of: part) }
            throw error
        }
    }

    /// Forgets bytes that another program touched: nobody knows whether they are still those of the file.
    private func forgetIfTouched() async {
        guard let part, destination.hasChanged(part) else { return }
        // Where this cannot be recorded, the failure that is thrown is the one that counts.
        guard (try? await resources.catalog.recorder.restart(claim)) == true else { return }
        try? await destination.discard(part)
    }

    private func fetch() async throws -> JobOutcome {
        startedAt = .now
        let request = claim.job.request
        let isTrusted = request.namesDigest || claim.pieces != nil
        if let name = request.fileName ?? claim.job.fileName { try checkConflict(name) }
        // A job that never ran has no part file.
        if claim.job.attempts > 1 || claim.segments.count > 0 {
            part = try await destination.reopen(
                expecting: claim.segments,
                of: claim.job.validators.length
            )
        }
        let validators = claim.job.validators
        let mayContinue = part != nil && (validators.canProveSameness || isTrusted)
        let authorization = try await authorize(request.url)
        let session = try resources.sessions.session(
            for: resources.settings,
            authorization: authorization
        )
        try await expect(session, authorization)
        let done = mayContinue ? bytesToKeep(of: validators.length) : SegmentMap()
        resumesBlindly = mayContinue && done.count > 0 && !validators.canProveSameness
        bytesAtStart = done.count
        var plan = TransferPlan(
            url: request.url,
            fields: resources.fields,
            authorization: authorization,
            settings: resources.settings,
            known: mayContinue ? validators : nil,
            remembered: validators,
            done: done,
            isTrusted: isTrusted,
            expected: expected?.checksum,
            size: request.size,
            pieces: claim.pieces,
            isRepeated: claim.job.attempts > 1,
            secondsSpent: claim.job.transferSeconds,
            mirrors: request.mirrors,
            mayShare: !isAlone,
            companions: resources.companions,
            allowedConnections: claim.allowedConnections,
            limits: resources.limits.all
        )
        var repairs = 0
        while true {
            let receipt = try await transfer(plan, session)
            isMixed = isMixed || receipt.isMixed
            switch try await check(receipt) {
            case .right(let verification):
                await resources.bytesAreWhole()
                try await destination.sync(receipt.part)
                try await destination.seal(receipt.part, length: receipt.length)
                destination.forgetCache(of: receipt.part, length: receipt.length)
                return try await deliver(receipt, verification: verification)
            case .wrong(let wrong):
                try await beginRepair(of: wrong, isLast: repairs > min(request.mirrors.count, 16))
                plan.repair(
                    keeping: wrong.right,
                    length: receipt.length,
                    from: repairs,
                    after: secondsSpent
                )
                repairs += 1
            }
        }
    }

    private func transfer(
        _ plan: TransferPlan,
        _ session: HTTPSession
    ) async throws -> TransferReceipt {
        let transfer = Transfer(
            plan,
            session: session,
            monitor: resources.monitor,
            steps: TransferSteps(
                identify: { try await self.identify($0) },
                checkpoint: { try await self.checkpoint($0) },
                objected: { [catalog = resources.catalog] host, count in
                    // It only saves the next file the same refusal.
                    try? await catalog.recorder.note(count, of: host)
                }
            )
        )
        return try await transfer.run()
    }

    private func authorize(_ url: SourceURL) async throws -> Authorization? {
        let access = try await resources.credentials.access(
            to: url,
            proxy: HTTPSession.proxy(for: url, resources.settings),
            given: Set(resources.fields.map { $0.name.lowercased() }),
            hasStored: claim.mayHaveCredentials
        )
        return Authorization(access, source: resources.credentials)
    }

    // MARK: - Turning points of the transfer

    private func identify(_ identity: RemoteFile) async throws -> PartFile {
        self.identity = identity
        try lookUp(identity)
        if !identity.continues { suspects = nil }
        if !identity.canResume { await resources.cannotResume() }
        await resources.answered(identity.url.origin)
        var chosen = try name ?? destination.name(identity, request: claim.job.request)
        try checkConflict(chosen)
        if isFresh, let length = identity.validators.length, length <= JobAttempt.smallFile {
            // Whole in a moment: one record for all of it.
            pendingHead = identity
            return try await open(as: chosen, identity)
        }
        if !identity.continues, !isFresh {
            guard try await resources.catalog.recorder.restart(claim) else { throw ClaimLost() }
            bytesAtStart = 0
            resumesBlindly = false
        }
        isFresh = false
        pendingHead = nil
        return try await open(as: try await record(identity, as: &chosen), identity)
    }

    /// Takes a name for this job, the next free one where others have it.
    private func record(_ head: RemoteFile, as chosen: inout String) async throws -> String {
        let wanted = chosen
        for counter in 1... {
            let outcome = try await resources.catalog.recorder.recordHead(
                claim,
                head,
                fileName: chosen
            )
            switch outcome {
            case .recorded(let events):
                await resources.publish(events)
                return chosen
            case .lost: throw ClaimLost()
            case .nameTaken: break
            }
            guard policy == .rename, counter < 1000 else {
                throw Failure(
                    .exists,
                    "another job is already saving to \(destination.directory)/\(chosen)",
                    hint: "wait for it, or choose another name with --filename"
                )
            }
            chosen = SafeName.numbered(wanted, counter)
        }
        throw ClaimLost()
    }

    private func open(as chosen: String, _ identity: RemoteFile) async throws -> PartFile {
        name = chosen
        let opened = try await destination.prepare(
            part,
            identity: identity,
            minFreeSpace: resources.settings.minFreeSpace
        )
        part = opened
        resources.monitor.update {
            $0.name = chosen
            $0.bytesTotal = identity.validators.length
        }
        return opened
    }

    private func checkConflict(_ name: String) throws {
        guard destination.exists(name) else { return }
        switch policy {
        case .rename, .overwrite: return
        case .skip: throw AlreadyThere(path: "\(destination.directory)/\(name)")
        case .error:
            throw Failure(
                .exists,
                "\(destination.directory)/\(name) exists already",
                hint: "--if-exists skip, overwrite or rename says what to do"
            )
        }
    }

    func checkpoint(_ segments: SegmentMap) async throws {
        if let head = pendingHead, var chosen = name {
            pendingHead = nil
            isFresh = false
            name = try await record(head, as: &chosen)
        }
        let stillOurs = try await resources.catalog.recorder.checkpoint(
            claim,
            segments: segments,
            bytesDone: segments.count,
            transferSeconds: secondsSpent
        )
        guard stillOurs else { throw ClaimLost() }
    }

    var elapsed: Double { startedAt.duration(to: .now).seconds }

    /// How long bytes were fetched, over all attempts, in seconds.
    var secondsSpent: Double { claim.job.transferSeconds + elapsed }
}

/// The job went to another process; whatever this one does now changes nothing.
struct ClaimLost: Error {}

/// The file exists and the policy says to leave it alone.
struct AlreadyThere: Error {
    let path: String
}

/// The move to the final name was recorded, but not seen through.
struct Unsettled: Error {
    let failure: Failure
}
