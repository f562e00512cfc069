package import ADMCatalog
package import ADMModel
import ADMTransfer
import Foundation

/// Runs one job to its end: attempts, waits between them, and the final state.
package struct JobRunner: Sendable {
    private let resources: RunResources
    private let owner: String

    /// Runs jobs for the process that holds `owner`.
    package init(_ resources: RunResources, owner: String) {
        self.resources = resources
        self.owner = owner
    }

    /// What to do about a failed attempt.
    private enum Reaction {
        case again(after: Double)
        case pause
        case giveUp
    }

    /// Runs a claimed job until it is done, given up, held or cancelled.
    ///
    /// Transient failures are tried again with exponential backoff and full jitter, never before
    /// the server's `Retry-After`; the count starts anew whenever bytes were gained. A full disk
    /// holds the job. Cancellation of the task holds the job after a checkpoint; the outcome is
    /// then `paused`.
    ///
    /// - Throws: ``Failure`` where the outcome could not be recorded.
    package func run(_ first: Claim) async throws -> JobOutcome {
        var claim = first
        var retry = 0
        var best = first.segments.count
        var mayStartClean = true
        while true {
            let attempt = JobAttempt(claim, resources: resources)
            do {
                return try await attempt.run()
            } catch let there as AlreadyThere {
                return try await skip(claim, there)
            } catch is ClaimLost {
                return try await lost(claim)
            } catch let unsettled as Unsettled {
                // The record says where the file was going: the next start finishes the move.
                return .failed(try await current(claim), unsettled.failure)
            } catch {
                if Task.isCancelled { return try await pause(claim, nil) }
                let failure = error as? Failure ?? Failure(.unclassified, "\(error)")
                if failure.code == .integrity, mayStartClean, await attempt.resumesBlindly {
                    mayStartClean = false
                    continue
                }
                let gained = try await resources.catalog.job(id: claim.job.id)?.bytesDone ?? 0
                // A run that begins anew each time makes no progress, however far it gets.
                if gained > best { retry = 0 }
                best = max(best, gained)
                retry += 1
                switch reaction(to: failure, retry: retry) {
                case .again(let delay):
                    guard
                        let next = try await wait(claim, failure, retry: retry, delay: delay)
                    else {
                        return Task.isCancelled
                            ? try await pause(claim, nil) : try await lost(claim)
                    }
                    claim = next
                case .pause: return try await pause(claim, failure)
                case .giveUp: return try await fail(claim, failure)
                }
            }
        }
    }

    private func reaction(to failure: Failure, retry: Int) -> Reaction {
        if failure.code == .noSpace { return .pause }
        let policy = resources.settings.retry
        guard failure.isTransient, retry <= policy.limit else { return .giveUp }
        return .again(
            after: policy.delay(
                attempt: retry,
                retryAfter: failure.retryAfter,
                random: .random(in: 0..<1)
            )
        )
    }

    /// Records the failed attempt, waits, and claims the job again; nil after cancellation.
    private func wait(
        _ claim: Claim,
        _ failure: Failure,
        retry: Int,
        delay: Double
    ) async throws -> Claim? {
        let events = try await resources.catalog.retrying(
            claim,
            failure: failure,
            retry: retry,
            maxRetries: resources.settings.retry.limit,
            runAt: Date(timeIntervalSinceNow: delay)
        )
        guard let events else { return nil }
        await resources.publish(events)
        resources.monitor.update {
            $0.phase = .waiting
            $0.etaSeconds = delay
            $0.connections = 0
            $0.currentSpeed = 0
        }
        do { try await Task.sleep(for: .seconds(delay)) } catch { return nil }
        guard let next = try await resources.catalog.claim(number: claim.job.number, owner: owner)
        else { return nil }
        resources.monitor.update { $0.phase = .connecting }
        return next
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
        let events = try await resources.catalog.skipped(
            claim,
            reason: "file_exists",
            destination: there.path
        )
        await resources.publish(events ?? [])
        return .skipped(try await current(claim), reason: "file_exists")
    }

    private func pause(_ claim: Claim, _ failure: Failure?) async throws -> JobOutcome {
        let events =
            failure == nil
            ? try await resources.catalog.interrupted(claim, pausing: true)
            : try await resources.catalog.paused(claim, failure: failure)
        await resources.publish(events ?? [])
        return .paused(try await current(claim), failure)
    }

    private func fail(_ claim: Claim, _ failure: Failure) async throws -> JobOutcome {
        let events = try await resources.catalog.failed(claim, failure: failure)
        await resources.publish(events ?? [])
        return .failed(try await current(claim), failure)
    }

    private func current(_ claim: Claim) async throws -> Job {
        try await resources.catalog.job(id: claim.job.id) ?? claim.job
    }
}
