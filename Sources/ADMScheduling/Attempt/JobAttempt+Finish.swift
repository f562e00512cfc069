import ADMCatalog
import ADMDisk
import ADMModel
import ADMTransfer
import Foundation

/// What is recorded on the way, and what follows the last byte.
extension JobAttempt {
    // MARK: - Records

    /// Takes a name for this job, the next free one if others have it.
    func record(_ file: RemoteFile, as wanted: String) async throws -> String {
        var name = wanted
        for counter in 1... {
            let outcome = try await resources.catalog.recorder.recordHead(
                claim,
                file,
                fileName: name
            )
            switch outcome {
            case .recorded(let events):
                await resources.publish(events)
                return name
            case .lost: throw ClaimLost()
            case .nameTaken: break
            }
            guard attempt.policy == .rename, counter < 1000 else {
                throw destination.takenByJob(name)
            }
            name = SafeName.numbered(wanted, counter)
        }
        throw ClaimLost()
    }

    /// Records bytes that are safely on disk, and before the first ones what the server said.
    func checkpoint(_ segments: SegmentMap) async throws {
        if let name = attempt.name, let file = attempt.takePending() {
            attempt.name = try await record(file, as: name)
        }
        let stillOurs = try await resources.catalog.recorder.checkpoint(
            claim,
            segments: segments,
            bytesDone: segments.count,
            transferSeconds: secondsSpent
        )
        guard stillOurs else { throw ClaimLost() }
    }

    // MARK: - The whole file

    /// What the transfer brought.
    private func whole() throws(Failure) -> TransferReceipt {
        guard let receipt else {
            throw Failure(.unclassified, "\(claim.job.request.url.redacted) was not fetched")
        }
        return receipt
    }

    /// Takes one step of the check.
    func check(_ step: FileCheck.Step) async throws -> FileCheck.Finding {
        let receipt = try whole()
        switch step {
        case .begin(let algorithm):
            try await destination.sync(receipt.part)
            try await checkpoint(SegmentMap([ByteRange(0, receipt.length)]))
            resources.monitor.update { $0.phase = .verifying }
            await resources.publish(
                try await resources.catalog.recorder.validating(claim, algorithm: algorithm) ?? []
            )
            return .begun
        case .checkPieces(let suspects):
            guard let pieces = claim.pieces else { return .wrongPieces([]) }
            return .wrongPieces(
                try await destination.check(
                    receipt.part,
                    length: receipt.length,
                    against: pieces,
                    only: suspects
                )
            )
        case .checkWhole(let wanted):
            do {
                try await destination.verify(
                    receipt.part,
                    length: receipt.length,
                    digest: receipt.digest,
                    against: wanted.checksum,
                    named: wanted.source
                )
            } catch let failure as Failure where failure.code == .integrity {
                return .wholeIsWrong(failure)
            }
            return .wholeIsRight
        case .digest(let algorithm):
            return .digest(
                hex: try await destination.digest(algorithm, of: receipt.part, receipt.length)
            )
        case .accept, .repair, .reject:
            throw Failure(.unclassified, "the check of the file is over")
        }
    }

    /// Makes the file durable, and gives it its final name together with others, if nothing is in the way.
    func seal() async throws {
        let receipt = try whole()
        let name = try finalName()
        resources.monitor.update { $0.phase = .finishing }
        var claim = claim
        claim.job.transferSeconds = secondsSpent
        finish = await resources.finishLine.finish(
            FinishLine.Item(
                claim: claim,
                part: receipt.part,
                length: receipt.length,
                name: name,
                policy: attempt.policy,
                verification: attempt.verification,
                head: attempt.pending,
                completion: { [attempt, startedAt] in
                    attempt.completion(
                        named: $0,
                        length: receipt.length,
                        seconds: startedAt.duration(to: .now).seconds
                    )
                }
            )
        )
    }

    // MARK: - The final name

    /// The name that the file should have.
    private func finalName() throws(Failure) -> String {
        guard let name = attempt.name else {
            throw Failure(.unclassified, "\(claim.job.request.url.redacted) has no name to save as")
        }
        return name
    }

    /// Sees the move to the final name through, and says how it ended.
    func deliver(_ verification: Verification?) async throws -> JobOutcome {
        let receipt = try whole()
        var claim = claim
        claim.job.transferSeconds = secondsSpent
        switch finish {
        case .succeeded(let name, let completion, let now):
            return .succeeded(
                attempt.finished(claim.job, as: completion, name: name, at: now),
                completion
            )
        case .lost: throw ClaimLost()
        case .unrecorded(let failure): throw Unsettled(failure: failure)
        case .failed(let failure): throw try await unsettled(failure, receipt)
        case .unnamed(let chosen):
            let saved: String
            do { saved = try await move(receipt, chosen, claim, verification) } catch let failure
                as Failure
            { throw try await unsettled(failure, receipt) }
            return try await succeed(receipt, as: saved, claim)
        case .unsound(let failure): throw failure
        case nil: throw Failure(.unclassified, "the file was not made durable")
        }
    }

    /// What is thrown if the file did not get its name.
    private func unsettled(
        _ failure: Failure,
        _ receipt: TransferReceipt
    ) async throws -> any Error {
        guard failure.code == .exists else {
            // Bytes that somebody touched are not named later either.
            return destination.isTouched(receipt.part) ? failure : Unsettled(failure: failure)
        }
        // Every byte is safe: a later resume fetches none again.
        try? await checkpoint(SegmentMap([ByteRange(0, receipt.length)]))
        // A name that another job has stands for no file yet.
        let wanted = try finalName()
        guard attempt.policy == .skip, destination.exists(wanted) else { return failure }
        return AlreadyThere(path: "\(destination.directory)/\(wanted)")
    }

    private func succeed(
        _ receipt: TransferReceipt,
        as name: String,
        _ claim: Claim
    ) async throws -> JobOutcome {
        let completion = attempt.completion(named: name, length: receipt.length, seconds: elapsed)
        do {
            let now = Date()
            let events = try await resources.catalog.recorder.succeeded(
                claim,
                completion: completion,
                now: now
            )
            guard let events else { throw ClaimLost() }
            await resources.publish(events)
            let job = attempt.finished(claim.job, as: completion, name: name, at: now)
            return .succeeded(job, completion)
        } catch let failure as Failure { throw Unsettled(failure: failure) }
    }

    /// Moves the file alone; each name is recorded before it is taken.
    private func move(
        _ receipt: TransferReceipt,
        _ chosen: Result<String, Failure>,
        _ claim: Claim,
        _ verification: Verification?
    ) async throws -> String {
        let recorder = resources.catalog.recorder
        let publish = resources.publish
        let head = attempt.pending
        return try await destination.deliver(
            receipt.part,
            as: try finalName(),
            chosen: chosen,
            policy: attempt.policy
        ) { candidate, device, inode in
            let target = FinalTarget(
                fileName: candidate,
                device: device,
                inode: inode,
                size: receipt.length
            )
            let outcome = try await recorder.finalizing(
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
