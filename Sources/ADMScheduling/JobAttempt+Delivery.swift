import ADMCatalog
import ADMModel
import ADMTransfer
import Foundation

/// What follows the last byte: the check of a digest, and the move to the final name.
extension JobAttempt {
    func verify(_ receipt: TransferReceipt) async throws -> Verification? {
        let offered = receipt.digests.first.map { Verification(checksum: $0, source: .server) }
        guard let expected = expected ?? offered else { return nil }
        try await destination.sync(receipt.part)
        try await checkpoint(SegmentMap([ByteRange(0, receipt.length)]))
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
    func expectation(
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

    func deliver(
        _ receipt: TransferReceipt,
        verification: Verification?
    ) async throws -> JobOutcome {
        resources.monitor.update { $0.phase = .finishing }
        guard let wanted = name else {
            throw Failure(.unclassified, "\(claim.job.request.url.redacted) has no name to save as")
        }
        let catalog = resources.catalog
        let claim = claim
        let head = pendingHead
        let publish = resources.publish
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
                    verification: verification,
                    head: head
                )
                switch outcome {
                case .recorded(let events):
                    await publish(events)
                    return true
                case .nameTaken: return false
                case .lost: throw ClaimLost()
                }
            }
        } catch let failure as Failure where failure.code == .exists {
            // Every byte is safe: whoever goes on with the job later fetches none again.
            try? await checkpoint(SegmentMap([ByteRange(0, receipt.length)]))
            guard policy == .skip else { throw failure }
            throw AlreadyThere(path: "\(destination.directory)/\(wanted)")
        } catch let failure as Failure {
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
            let now = Date()
            guard
                let events = try await catalog.succeeded(claim, completion: completion, now: now)
            else { throw ClaimLost() }
            await resources.publish(events)
            return .succeeded(ended(as: completion, name: saved, at: now), completion)
        } catch let failure as Failure { throw Unsettled(failure: failure) }
    }

    /// The job as its row says it now.
    private func ended(
        as completion: JobEvent.Completion,
        name: String,
        at now: Date
    ) -> Job {
        var job = claim.job
        job.state = .succeeded
        job.fileName = name
        job.bytesDone = completion.totalBytes
        job.bytesTotal = completion.totalBytes
        job.verification = completion.verification
        job.failure = nil
        job.finishedAt = now
        if let identity {
            job.finalURL = identity.url
            job.validators = identity.validators
        }
        return job
    }
}
