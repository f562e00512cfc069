package import ADMCatalog
import ADMDisk
package import ADMModel
import ADMSystem
import ADMTransfer

/// Takes over the jobs of processes that died.
package enum DeadOwners {
    /// Makes running jobs of dead owners ready again, and finishes those that were being moved to
    /// their final name.
    ///
    /// For a job that was finalizing, the file under the final name with the recorded inode means
    /// that only the record is missing; the part file means that the rename is still to be done,
    /// and a new run does it; neither means that the file was lost, and the job fails.
    ///
    /// - Throws: ``Failure`` of the database.
    /// - Returns: The events of what was done, and the jobs that are done by it.
    package static func takeOver(
        _ catalog: Catalog,
        owner: String
    ) async throws -> (events: [JobEvent], finished: [Job]) {
        let recovery = try await catalog.control.recover()
        var events = recovery.events
        var finished: [Job] = []
        for number in recovery.poisoned {
            // Of a job that is given up without a single byte nothing is worth keeping.
            guard let job = try await catalog.list.job(number: number), job.bytesDone == 0 else {
                continue
            }
            try? await Blocking.run { try PartFile.discard(directory: job.directory, job: job.id) }
        }
        let stopped = recovery.ready + recovery.paused + recovery.cancelled + recovery.poisoned
        await giveBackSpace(of: stopped, catalog)
        for number in recovery.finalizing {
            let taken = try await finish(number, catalog, owner: owner)
            events += taken.events
            if let job = taken.job, job.state == .succeeded { finished.append(job) }
        }
        return (events, finished)
    }

    /// Finishes a job that was being moved to its final name by a process that died, or, with `includingOwn`, by a
    /// run of `owner` that has ended and could not see it through.
    ///
    /// - Throws: ``Failure`` of the database.
    /// - Returns: The events of what was done, and the job as it is now; nil if it is somebody else's, or is not being
    ///   moved any more.
    static func finish(
        _ number: Int64,
        _ catalog: Catalog,
        owner: String,
        includingOwn: Bool = false
    ) async throws -> (events: [JobEvent], job: Job?) {
        let claim = try await catalog.control.claimFinalizing(
            number: number,
            owner: owner,
            includingOwn: includingOwn
        )
        guard let claim, let target = claim.target else { return ([], nil) }
        // A directory that cannot be reached now leaves its job alone, and no other.
        let events = (try? await finish(claim, target, catalog)) ?? []
        return (events, try await catalog.list.job(number: number))
    }

    /// What a dead process had reserved for bytes that never came is free again.
    private static func giveBackSpace(of numbers: [Int64], _ catalog: Catalog) async {
        for number in numbers {
            guard let job = try? await catalog.list.job(number: number), job.bytesTotal != nil
            else {
                continue
            }
            await Destination(directory: job.directory, job: job.id).giveBackSpaceOfLeftover()
        }
    }

    private static func finish(
        _ claim: Claim,
        _ target: FinalTarget,
        _ catalog: Catalog
    ) async throws -> [JobEvent] {
        let destination = Destination(directory: claim.job.directory, job: claim.job.id)
        let found = try await destination.whereabouts(
            name: target.fileName,
            device: target.device,
            inode: target.inode,
            length: target.size
        )
        switch found {
        case .delivered:
            let completion = JobEvent.Completion(
                destinationPath: "\(claim.job.directory)/\(target.fileName)",
                totalBytes: target.size,
                elapsedSeconds: claim.job.transferSeconds,
                averageSpeed: claim.job.transferSeconds > 0
                    ? Double(target.size) / claim.job.transferSeconds : 0,
                verification: claim.job.verification
            )
            return try await catalog.recorder.succeeded(claim, completion: completion) ?? []
        case .partial: return try await catalog.recorder.interrupted(claim) ?? []
        case .lost:
            _ = try await catalog.recorder.restart(claim)
            let failure = Failure(
                .storage,
                "the file of job \(claim.number) is gone from \(claim.job.directory)",
                hint: "adm resume \(claim.number) fetches it again"
            )
            return try await catalog.recorder.failed(claim, failure: failure) ?? []
        }
    }
}
