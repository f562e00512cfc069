import ADMCatalog
import ADMModel
import ADMTransfer
import Foundation

/// What follows the check of a whole file: the move to its final name.
extension JobAttempt {
    func deliver(
        _ receipt: TransferReceipt,
        verification: Verification?
    ) async throws -> JobOutcome {
        resources.monitor.update { $0.phase = .finishing }
        guard let wanted = name else {
            throw Failure(.unclassified, "\(claim.job.request.url.redacted) has no name to save as")
        }
        let catalog = resources.catalog
        var spent = self.claim
        spent.job.transferSeconds = secondsSpent
        let claim = spent
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
                let outcome = try await catalog.recorder.finalizing(
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
            // Bytes that somebody touched are not named later either.
            if destination.isTouched(receipt.part) { throw failure }
            throw Unsettled(failure: failure)
        }
        let seconds = elapsed
        let completion = JobEvent.Completion(
            destinationPath: "\(destination.directory)/\(saved)",
            totalBytes: receipt.length,
            elapsedSeconds: seconds,
            averageSpeed: seconds > 0 ? Double(receipt.length - bytesAtStart) / seconds : 0,
            verification: verification,
            repairedBytes: bytesRepaired > 0 ? bytesRepaired : nil
        )
        do {
            let now = Date()
            guard
                let events = try await catalog.recorder.succeeded(
                    claim,
                    completion: completion,
                    now: now
                )
            else { throw ClaimLost() }
            await resources.publish(events)
            return .succeeded(ended(claim.job, as: completion, name: saved, at: now), completion)
        } catch let failure as Failure { throw Unsettled(failure: failure) }
    }

    /// The job as its row says it now.
    private func ended(
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
        if let identity {
            job.finalURL = identity.url
            job.validators = identity.validators
        }
        return job
    }
}
