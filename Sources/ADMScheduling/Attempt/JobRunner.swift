package import ADMCatalog
import ADMDisk
import ADMModel
import ADMSystem
import ADMTransfer
import Foundation

/// Runs one job once, and records what came of it.
package struct JobRunner: Sendable {
    private let resources: RunResources

    /// Runs jobs with what they need.
    package init(_ resources: RunResources) { self.resources = resources }

    /// Runs a claimed job once.
    ///
    /// A transient failure puts it back for a later attempt, with exponential backoff and full
    /// jitter, never before the server's `Retry-After`; the count starts again whenever bytes were
    /// gained. A full disk and a locked store of credentials hold the job. After cancellation of the
    /// task, which comes after a checkpoint, ``StopReason`` says what becomes of it.
    ///
    /// - Throws: ``Failure`` if the end could not be recorded.
    package func run(_ claim: Claim) async throws -> AttemptResult {
        var mayStartClean = true
        var claim = claim
        while true {
            let attempt = JobAttempt(claim, resources: resources, isAlone: !mayStartClean)
            do {
                return .ended(try await attempt.run())
            } catch let there as AlreadyThere {
                return .ended(try await skip(claim, there))
            } catch is ClaimLost {
                return .ended(try await lost(claim))
            } catch let unsettled as Unsettled {
                // The record says where the file was going: the next start finishes the move.
                let job = try await current(claim)
                if job.state == .finalizing { return .ended(.failed(job, unsettled.failure)) }
                // There is no such record yet, and nobody would ever look at the row again.
                claim.job.transferSeconds = await attempt.secondsSpent
                if Task.isCancelled { return try await stopped(claim) }
                return try await failed(claim, unsettled.failure)
            } catch {
                claim.job.transferSeconds = await attempt.secondsSpent
                if Task.isCancelled { return try await stopped(claim) }
                let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
                if failure.code == .integrity, mayStartClean, await attempt.mayBeMixed {
                    mayStartClean = false
                    continue
                }
                return try await failed(claim, failure)
            }
        }
    }

    private func failed(_ claim: Claim, _ failure: Failure) async throws -> AttemptResult {
        let gained = try await resources.catalog.list.job(id: claim.job.id)?.bytesDone ?? 0
        // A run that starts again each time makes no progress, however far it gets.
        let retry = gained > claim.bestDone ? 1 : claim.retries + 1
        let settings = resources.settings
        let circumstances = Reaction.Circumstances(
            retry: retry,
            policy: settings.retry,
            patience: resources.isForeground ? settings.maxRetryAfter.seconds : nil,
            random: .random(in: 0..<1),
            now: Date()
        )
        switch Reaction(to: failure, circumstances) {
        case .tryAgain(let delay):
            return try await again(claim, failure, retry: retry, delay: delay)
        case .pause(let cause): return .ended(try await pause(claim, by: cause, failure))
        case .giveUp(let failure): return .ended(try await fail(claim, failure))
        }
    }

    /// What somebody asked of the job and was not obeyed yet.
    private func wanted(_ claim: Claim) async -> StopReason? {
        let intents = try? await resources.catalog.recorder.intents(for: claim.owner)
        return intents?[claim.number].flatMap(StopReason.init(_:))
    }

    /// Records the failed attempt and when the next one may begin.
    private func again(
        _ claim: Claim,
        _ failure: Failure,
        retry: Int,
        delay: Double
    ) async throws -> AttemptResult {
        if let reason = await wanted(claim) { return try await stopped(claim, because: reason) }
        let due = Date(timeIntervalSinceNow: delay)
        let events = try await resources.catalog.recorder.retrying(
            claim,
            failure: failure,
            retry: retry,
            maxRetries: resources.settings.retry.limit,
            runAt: due
        )
        guard let events else { return .ended(try await lost(claim)) }
        await resources.publish(events)
        return .retrying(try await current(claim), until: due, failure)
    }

    /// The run was stopped after a checkpoint.
    private func stopped(_ claim: Claim) async throws -> AttemptResult {
        let reason = resources.stopReason()
        let wanted = reason.leavesJobToOthers ? await wanted(claim) : nil
        return try await stopped(claim, because: wanted ?? reason)
    }

    private func stopped(_ claim: Claim, because reason: StopReason) async throws -> AttemptResult {
        switch reason {
        case .interruption: return .ended(try await pause(claim, by: .interruption, nil))
        case .pause: return .ended(try await pause(claim, by: .person, nil))
        case .yield, .shutdown:
            guard let events = try await resources.catalog.recorder.interrupted(claim) else {
                return .ended(try await lost(claim))
            }
            await resources.publish(events)
            return .requeued(try await current(claim))
        case .cancel:
            guard let events = try await resources.catalog.recorder.cancelled(claim) else {
                return .ended(try await lost(claim))
            }
            await resources.publish(events)
            return .ended(.cancelled(try await current(claim)))
        }
    }

    /// The job went to somebody else in the meantime; their word counts.
    private func lost(_ claim: Claim) async throws -> JobOutcome {
        let job = try await current(claim)
        if job.state == .cancelled { return .cancelled(job) }
        throw Failure(
            .locked,
            "job \(claim.number) went to another process",
            hint: "adm list shows how far it is"
        )
    }

    private func skip(_ claim: Claim, _ there: AlreadyThere) async throws -> JobOutcome {
        let events = try await resources.catalog.recorder.skipped(
            claim,
            reason: "file_exists",
            destination: there.path
        )
        if events != nil {
            // Its bytes are forgotten; that they cannot be removed is no failure of the job.
            try? await Blocking.run {
                try PartFile.discard(directory: claim.job.directory, job: claim.job.id)
            }
        }
        await resources.publish(events ?? [])
        return .skipped(try await current(claim), reason: "file_exists")
    }

    private func pause(
        _ claim: Claim,
        by cause: PauseCause,
        _ failure: Failure?
    ) async throws -> JobOutcome {
        guard
            let events = try await resources.catalog.recorder.paused(
                claim,
                by: cause,
                failure: failure
            )
        else { return try await lost(claim) }
        await resources.publish(events)
        return .paused(try await current(claim), failure)
    }

    private func fail(_ claim: Claim, _ failure: Failure) async throws -> JobOutcome {
        let events = try await resources.catalog.recorder.failed(claim, failure: failure)
        await resources.publish(events ?? [])
        return .failed(try await current(claim), failure)
    }

    private func current(_ claim: Claim) async throws -> Job {
        try await resources.catalog.list.job(id: claim.job.id) ?? claim.job
    }
}
