import ADMCatalog
import ADMModel
import ADMTransfer

/// One attempt at a job: its transfer, the check of its digest, and the move to its final name.
///
/// Every turning point is recorded before the next step begins, in the order that makes each crash
/// point recoverable: bytes synced, row `finalizing` with the name, rename, directory synced, row
/// `succeeded`.
actor JobAttempt {
    private let claim: Claim
    private let resources: RunResources
    private let destination: Destination
    private let policy: ConflictPolicy
    private var part: OpenPart?
    private var name: String?
    private var expected: Verification?
    private var startedAt = ContinuousClock.now
    private var bytesAtStart: Int64 = 0
    /// Whether bytes of an earlier run are kept although nothing proves that they still belong.
    private(set) var resumesBlindly = false

    init(_ claim: Claim, resources: RunResources) {
        self.claim = claim
        self.resources = resources
        destination = Destination(directory: claim.job.directory, job: claim.job.id)
        policy = claim.job.request.ifExists ?? resources.settings.ifExists
        name = claim.job.fileName
    }

    /// Runs the attempt to its end.
    ///
    /// - Throws: ``Failure``; ``AlreadyThere`` where the file exists and is to be skipped;
    ///   `CancellationError` after a checkpoint.
    func run() async throws -> JobOutcome {
        defer { if let part { destination.release(part) } }
        startedAt = .now
        let request = claim.job.request
        let isTrusted = request.checksum != nil || request.checksumList != nil
        if let name = request.fileName ?? claim.job.fileName { try checkConflict(name) }
        part = try await destination.reopen(expecting: claim.segments)
        let validators = claim.job.validators
        let mayContinue = part != nil && (validators.canProveSameness || isTrusted)
        let done = mayContinue ? claim.segments : SegmentMap()
        resumesBlindly = mayContinue && done.count > 0 && !validators.canProveSameness
        bytesAtStart = done.count
        let authorization = try await authorize(request.url)
        let session = try resources.sessions.session(
            for: resources.settings,
            authorization: authorization
        )
        expected = try await expectation(session, authorization)
        let plan = TransferPlan(
            url: request.url,
            fields: resources.fields,
            authorization: authorization,
            settings: resources.settings,
            known: mayContinue ? validators : nil,
            done: done,
            isTrusted: isTrusted,
            sharedLimit: resources.sharedLimit
        )
        let transfer = Transfer(
            plan,
            session: session,
            monitor: resources.monitor,
            steps: TransferSteps(
                identify: { try await self.identify($0) },
                checkpoint: { try await self.checkpoint($0) }
            )
        )
        let receipt = try await transfer.run()
        let verification = try await verify(receipt)
        return try await deliver(receipt, verification: verification)
    }

    private func authorize(_ url: SourceURL) async throws -> Authorization? {
        let access = try await resources.credentials.access(
            to: url,
            proxy: HTTPSession.proxy(for: url, resources.settings),
            given: Set(resources.fields.map { $0.name.lowercased() })
        )
        return Authorization(access, source: resources.credentials)
    }

    // MARK: - Turning points of the transfer

    private func identify(_ identity: RemoteIdentity) async throws -> OpenPart {
        if !identity.canResume { await resources.cannotResume() }
        var chosen = try name ?? destination.name(identity, request: claim.job.request)
        try checkConflict(chosen)
        if !identity.continues {
            guard try await resources.catalog.restart(claim) else { throw ClaimLost() }
            bytesAtStart = 0
            resumesBlindly = false
        }
        let wanted = chosen
        for counter in 1... {
            let outcome = try await resources.catalog.recordHead(
                claim,
                finalURL: identity.url,
                validators: identity.validators,
                fileName: chosen,
                total: identity.validators.length
            )
            switch outcome {
            case .recorded(let events):
                await resources.publish(events)
                return try await open(as: chosen, identity)
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
            chosen = Destination.numbered(wanted, counter)
        }
        throw ClaimLost()
    }

    private func open(as chosen: String, _ identity: RemoteIdentity) async throws -> OpenPart {
        name = chosen
        let opened = try await destination.prepare(
            part,
            identity: identity,
            done: claim.segments,
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

    private func checkpoint(_ segments: SegmentMap) async throws {
        let stillOurs = try await resources.catalog.checkpoint(
            claim,
            segments: segments,
            bytesDone: segments.count,
            transferSeconds: claim.job.transferSeconds + elapsed
        )
        guard stillOurs else { throw ClaimLost() }
    }

    private var elapsed: Double { startedAt.duration(to: .now).seconds }

    // MARK: - After the last byte

    private func verify(_ receipt: TransferReceipt) async throws -> Verification? {
        let offered = receipt.digests.first.map { Verification(checksum: $0, source: .server) }
        guard let expected = expected ?? offered else { return nil }
        resources.monitor.update { $0.phase = .verifying }
        await resources.publish(
            try await resources.catalog.validating(claim, algorithm: expected.checksum.algorithm)
                ?? []
        )
        do {
            try await destination.verify(
                receipt.part,
                length: receipt.length,
                against: expected.checksum,
                named: expected.source
            )
        } catch let failure as Failure where failure.code == .integrity {
            _ = try await resources.catalog.restart(claim)
            try await destination.discard(receipt.part)
            part = nil
            throw failure
        }
        return expected
    }

    /// The digest that the person named, or that a list names: before the first byte is fetched.
    private func expectation(
        _ session: HTTPSession,
        _ authorization: Authorization?
    ) async throws -> Verification? {
        let request = claim.job.request
        if let checksum = request.checksum {
            return Verification(checksum: checksum, source: .request)
        }
        guard let list = request.checksumList else { return nil }
        let isOwnOrigin = list.origin == request.url.origin
        let found = try await ChecksumLookup.fetch(
            list,
            fileName: destination.listedName(request),
            exchange: Exchange(
                session: session,
                fields: resources.fields.filter { isOwnOrigin || $0.isSafeElsewhere },
                settings: resources.settings,
                limits: [],
                authorization: authorization
            )
        )
        return Verification(checksum: found, source: .list)
    }

    private func deliver(
        _ receipt: TransferReceipt,
        verification: Verification?
    ) async throws -> JobOutcome {
        resources.monitor.update { $0.phase = .finishing }
        guard let wanted = name else {
            throw Failure(.unclassified, "\(claim.job.request.url.redacted) has no name to save as")
        }
        let catalog = resources.catalog
        let claim = claim
        let saved: String
        do {
            saved = try await destination.deliver(
                receipt.part,
                as: wanted,
                policy: policy
            ) { candidate, device, inode in
                let target = FinalTarget(
                    fileName: candidate,
                    device: device,
                    inode: inode,
                    size: receipt.length
                )
                let outcome = try await catalog.finalizing(
                    claim,
                    target: target,
                    verification: verification
                )
                switch outcome {
                case .recorded: return true
                case .nameTaken: return false
                case .lost: throw ClaimLost()
                }
            }
        } catch let failure as Failure where failure.code == .exists && policy == .skip {
            throw AlreadyThere(path: "\(destination.directory)/\(wanted)")
        } catch let failure as Failure where failure.code != .exists {
            throw Unsettled(failure: failure)
        }
        let seconds = elapsed
        let completion = JobEvent.Completion(
            destinationPath: "\(destination.directory)/\(saved)",
            totalBytes: receipt.length,
            elapsedSeconds: seconds,
            averageSpeed: seconds > 0 ? Double(receipt.length - bytesAtStart) / seconds : 0,
            verification: verification
        )
        do {
            guard let events = try await catalog.succeeded(claim, completion: completion) else {
                throw ClaimLost()
            }
            await resources.publish(events)
        } catch let failure as Failure { throw Unsettled(failure: failure) }
        return .succeeded(try await catalog.job(id: claim.job.id) ?? claim.job, completion)
    }
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
