package import ADMCatalog
import ADMModel
import ADMTransfer
import Foundation

/// Runs one job once, and records what came of it.
package struct JobRunner: Sendable {
    private let resources: RunResources

    /// Runs jobs with what they need.
    package init(_ resources: RunResources) { self.resources = resources }

    /// What to do about a failed attempt.
    private enum Reaction {
        case again(after: Double)
        case pause(PauseCause)
        case giveUp
    }

    /// Runs a claimed job once.
    ///
    /// A transient failure puts it back for a later attempt, with exponential backoff and full
    /// jitter, never before the server's `Retry-After`; the count starts anew whenever bytes were
    /// gained. A full disk and a locked store of credentials hold the job. What becomes of it after cancellation of the task says
    /// ``StopReason``; a checkpoint comes first.
    ///
    /// - Throws: ``Failure`` where the end could not be recorded.
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
                return .ended(.failed(try await current(claim), unsettled.failure))
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
        // A run that begins anew each time makes no progress, however far it gets.
        let retry = gained > claim.bestDone ? 1 : claim.retries + 1
        switch reaction(to: failure, retry: retry) {
        case .again(let delay):
            return try await again(claim, failure, retry: retry, delay: delay)
        case .pause(let cause): return .ended(try await pause(claim, by: cause, failure))
        case .giveUp:
            let isTooLong = waitsTooLong(failure)
            return .ended(try await fail(claim, isTooLong ? comeBack(failure) : failure))
        }
    }

    private func reaction(to failure: Failure, retry: Int) -> Reaction {
        if failure.code == .noSpace { return .pause(.noSpace) }
        if failure.code == .credentialStore { return .pause(.credentialStore) }
        let policy = resources.settings.retry
        if waitsTooLong(failure) { return .giveUp }
        guard failure.isTransient, retry <= policy.limit else { return .giveUp }
        return .again(
            after: policy.delay(
                attempt: retry,
                retryAfter: failure.retryAfter,
                random: .random(in: 0..<1)
            )
        )
    }

    /// Whether a server asks somebody who watches for more patience than there is.
    private func waitsTooLong(_ failure: Failure) -> Bool {
        guard resources.isForeground, failure.isTransient, let asked = failure.retryAfter else {
            return false
        }
        return asked > resources.settings.maxRetryAfter.seconds
    }

    /// Says when the server wants to be asked again.
    private func comeBack(_ failure: Failure) -> Failure {
        let time = Date(timeIntervalSinceNow: failure.retryAfter ?? 0).shown
        var failure = failure
        failure.message += "; it asks to come back after \(time) (Retry-After)"
        failure.hint = "the same command goes on then; --max-retry-after sets how long adm waits"
        return failure
    }

    /// What somebody asked of the job that was not obeyed yet.
    private func wanted(_ claim: Claim) async -> StopReason? {
        let intents = try? await resources.catalog.recorder.intents(for: claim.owner)
        switch intents?[claim.number] {
        case .pause: return .pause
        case .cancel: return .cancel
        case .yield, nil: return nil
        }
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
        guard reason == .yield || reason == .shutdown else {
            return try await stopped(claim, because: reason)
        }
        return try await stopped(claim, because: await wanted(claim) ?? reason)
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

    /// The job went to somebody else meanwhile; their word counts.
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
