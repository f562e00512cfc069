import ADMCatalog
import ADMDisk
import ADMModel
import ADMSystem
import ADMTransfer
import Foundation

/// Takes the steps of one ``Attempt`` at a job: its transfer, the check of its digest, and the move to its
/// final name.
///
/// Every turning point is recorded before the next step begins, in the order that makes each crash
/// point recoverable: bytes synced, row `finalizing` with the name, rename, directory synced, row
/// `succeeded`.
actor JobAttempt {
    let resources: RunResources
    let destination: Destination
    /// What is known, and what is next.
    var attempt: Attempt
    var part: PartFile?
    /// The last transfer that brought every byte.
    var receipt: TransferReceipt?
    /// How far the whole file came on the way to its final name.
    var finish: FinishLine.Outcome?
    /// How the file is fetched; nil while it is not known who may ask.
    private var transfer: (plan: TransferPlan, session: HTTPSession)?
    private let isAlone: Bool
    private(set) var startedAt = ContinuousClock.now

    var claim: Claim { attempt.claim }
    /// Whether a digest that is wrong may be so because of what was put together.
    var mayBeMixed: Bool { attempt.mayBeMixed }

    /// Prepares an attempt; one server at a time gives the file if `isAlone` says so.
    init(_ claim: Claim, resources: RunResources, isAlone: Bool = false) {
        self.isAlone = isAlone
        self.resources = resources
        destination = Destination(
            directory: claim.job.directory,
            job: claim.job.id,
            groupSync: resources.groupSync
        )
        attempt = Attempt(
            claim,
            policy: claim.job.request.ifExists ?? resources.settings.ifExists
        )
    }

    /// Runs the attempt to its end.
    ///
    /// - Throws: ``Failure``; ``AlreadyThere`` if the file exists and is to be skipped;
    ///   `CancellationError` after a checkpoint.
    func run() async throws -> JobOutcome {
        defer { if let part { destination.release(part) } }
        startedAt = .now
        do {
            if let name = claim.job.request.fileName ?? claim.job.fileName {
                try await Blocking.run(conflictCheck(name))
            }
            var step = attempt.first
            while true {
                if case .deliver(let verification) = step { return try await deliver(verification) }
                step = try attempt.next(try await take(step))
            }
        } catch let unsettled as Unsettled {
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
        // If this cannot be recorded, the failure that is thrown is the one that counts.
        guard (try? await resources.catalog.recorder.restart(claim)) == true else { return }
        try? await destination.discard(part)
    }

    // MARK: - Steps

    /// Takes one step, and says what came of it.
    private func take(_ step: Attempt.Step) async throws -> Attempt.Event {
        switch step {
        case .reopen:
            part = try await destination.reopen(
                expecting: claim.segments,
                of: claim.job.validators.length
            )
            return .reopened(part != nil)
        case .prepare: return .prepared(try await prepare())
        case .fetch(let fetch): return try await self.fetch(fetch)
        case .check(let step): return .checked(try await check(step))
        case .recordRepair(let wrong):
            try await checkpoint(wrong.right)
            let events = try await resources.catalog.recorder.repairing(
                claim,
                pieces: wrong.pieces.count,
                bytes: wrong.count
            )
            guard let events else { throw ClaimLost() }
            await resources.publish(events)
            return .repairRecorded
        case .keep(let right, let failure):
            try await checkpoint(right)
            throw failure
        case .discard(let failure):
            _ = try await resources.catalog.recorder.restart(claim)
            if let part { try await destination.discard(part) }
            part = nil
            throw failure
        case .seal:
            await resources.news(.bytesArrived)
            try await seal()
            return .isSealed
        case .deliver: throw Failure(.unclassified, "the file is delivered once")
        }
    }

    // MARK: - What is known before the first byte

    /// Finds out who may ask, and takes the digest that the person named, or that a list names.
    private func prepare() async throws -> ExpectedDigest {
        let request = claim.job.request
        let access = try await resources.credentials.access(
            to: request.url,
            proxy: HTTPSession.proxy(for: request.url, resources.settings),
            given: Set(resources.fields.map(\.canonicalName)),
            hasStored: claim.mayHaveCredentials
        )
        let authorization = Authorization(access, source: resources.credentials)
        let session = try resources.sessions.session(
            for: resources.settings,
            authorization: authorization
        )
        let expected = try await expectedDigest(session, authorization)
        let plan = TransferPlan(
            url: request.url,
            fields: resources.fields,
            authorization: authorization,
            settings: resources.settings,
            remembered: claim.job.validators,
            isTrusted: attempt.isTrusted,
            expected: expected.verification?.checksum,
            size: request.size,
            pieces: claim.pieces,
            isRepeated: claim.job.attempts > 1,
            secondsSpent: claim.job.transferSeconds,
            mirrors: request.mirrors,
            mayShare: !isAlone,
            companions: resources.companions,
            allowedConnections: claim.allowedConnections,
            limits: resources.limits.all,
            allowance: resources.allowance
        )
        transfer = (plan, session)
        return expected
    }

    private func expectedDigest(
        _ session: HTTPSession,
        _ authorization: Authorization?
    ) async throws -> ExpectedDigest {
        let request = claim.job.request
        if let checksum = request.checksum {
            return .known(Verification(checksum: checksum, source: .request))
        }
        guard let list = try await checksumList(session, authorization) else { return .unknown }
        // If the list does not know the name in the URL, the names that the server gives are tried.
        guard let checksum = list.checksum(for: request) else { return .listed(list) }
        return .known(Verification(checksum: checksum, source: .list))
    }

    private func checksumList(
        _ session: HTTPSession,
        _ authorization: Authorization?
    ) async throws -> ChecksumLookup? {
        let request = claim.job.request
        if let path = request.checksumFile {
            return try await ChecksumLookup.read(path, only: request.listAlgorithm)
        }
        guard let url = request.checksumList else { return nil }
        let isOwnOrigin = url.origin == request.url.origin
        return try await ChecksumLookup.fetch(
            url,
            only: request.listAlgorithm,
            exchange: Exchange(
                session: session,
                fields: resources.fields.filter { isOwnOrigin || $0.isSafeElsewhere },
                settings: resources.settings,
                limits: [],
                authorization: authorization
            )
        )
    }

    // MARK: - The transfer

    private func fetch(_ fetch: Attempt.Fetch) async throws -> Attempt.Event {
        guard let transfer else {
            throw Failure(.unclassified, "nothing is known of \(claim.job.request.url.redacted)")
        }
        var plan = transfer.plan
        switch fetch {
        case .rest(let done, let known):
            plan.done = done
            plan.known = known
        case .wrong(let wrong, let leader):
            plan.repair(
                keeping: wrong.right,
                length: wrong.length,
                from: leader,
                after: secondsSpent
            )
        }
        self.transfer?.plan = plan
        let run = Transfer(
            plan,
            session: transfer.session,
            monitor: resources.monitor,
            steps: TransferSteps(
                identify: { try await self.identify($0) },
                checkpoint: { try await self.checkpoint($0) },
                objected: { [recorder = resources.catalog.recorder] host, count in
                    // It only saves the next file the same refusal.
                    try? await recorder.note(count, of: host)
                }
            )
        )
        let receipt = try await run.run()
        self.receipt = receipt
        return .fetched(
            length: receipt.length,
            digests: receipt.digests,
            isMixed: receipt.isMixed
        )
    }

    /// Records what the server says that the file is, and opens the part file.
    private func identify(_ file: RemoteFile) async throws -> PartFile {
        let recording = try attempt.identify(file)
        if !file.canResume { await resources.news(.cannotResume) }
        let connections = attempt.connections(for: file, resources.settings)
        await resources.news(.answered(file.url.origin, connections: connections))
        var name = try attempt.name ?? destination.name(file, request: claim.job.request)
        let check = conflictCheck(name)
        if case .now(let restarts) = recording {
            try await Blocking.run(check)
            if restarts {
                guard try await resources.catalog.recorder.restart(claim) else {
                    throw ClaimLost()
                }
            }
            name = try await record(file, as: name)
        }
        attempt.name = name
        let opened = try await destination.prepare(
            part,
            identity: file,
            minFreeSpace: resources.settings.minFreeSpace,
            after: check
        )
        part = opened
        resources.monitor.update {
            $0.name = name
            $0.bytesTotal = file.validators.length
        }
        return opened
    }

    /// Sees that a file of the name may be there; it looks at the disk.
    private func conflictCheck(_ name: String) -> @Sendable () throws -> Void {
        let (destination, policy) = (destination, attempt.policy)
        return {
            guard policy == .skip || policy == .error, destination.exists(name) else { return }
            let path = "\(destination.directory)/\(name)"
            if policy == .skip { throw AlreadyThere(path: path) }
            throw Failure(
                .exists,
                "\(path) exists already",
                hint: "--if-exists skip, overwrite or rename says what to do"
            )
        }
    }

    var elapsed: Double { startedAt.duration(to: .now).seconds }

    /// How long bytes were fetched, over all attempts, in seconds.
    var secondsSpent: Double { claim.job.transferSeconds + elapsed }
}
