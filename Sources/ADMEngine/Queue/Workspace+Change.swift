import ADMCatalog
public import ADMModel
import ADMScheduling

/// What became of jobs that were to be forgotten.
public struct ClearedJobs: Sendable, Hashable {
    /// How many were.
    public var count = 0
    /// The part files that could not be removed.
    public var failures: [Failure] = []

    /// Nothing was removed yet.
    public init() {}
}

extension Workspace {
    /// Changes a job that does not run, or the speed limit of one that does, which counts within a second.
    ///
    /// - Throws: ``Failure`` with `locked` if it runs, `exists` if it has succeeded, has bytes in
    ///   another place, or another job fetches the same to there; `usage` or `configuration` for a
    ///   wrong value.
    public func change(_ job: Job, _ change: JobChange) async throws -> Job {
        try check(change, of: job)
        guard let changed = try await catalog.control.change(number: job.number, change) else {
            let now = try await catalog.list.job(number: job.number)?.state ?? job.state
            throw Failure(
                now == .succeeded ? .exists : .locked,
                "job \(job.number) \(now == .succeeded ? "has succeeded" : "is running")",
                hint: now == .succeeded ? nil : "adm queue pause \(job.number) stops it first"
            )
        }
        catalog.wakeOwners()
        return changed
    }

    /// Puts a job before or behind all others of the workspace that wait.
    ///
    /// - Throws: ``Failure`` with `locked` where it does not wait.
    public func move(_ job: Job, toFront: Bool) async throws {
        guard try await catalog.control.move(number: job.number, to: toFront ? .first : .last)
        else {
            throw Failure(.locked, "job \(job.number) is \(job.state.rawValue) and does not wait")
        }
        catalog.wakeOwners()
    }

    /// Forgets finished jobs in some final states, with the part files of those that failed; saved
    /// files stay.
    ///
    /// What cannot be forgotten or removed keeps no other job.
    public func clear(_ states: Set<JobState>) async throws -> ClearedJobs {
        var cleared = ClearedJobs()
        var last: Int64?
        while true {
            try Task.checkCancellation()
            let listing = try await catalog.list.page(
                states: states.filter(\.isFinal),
                after: last,
                limit: 1000
            )
            let numbers = listing.jobs.map(\.number) + listing.unreadable.map(\.number)
            guard let lowest = numbers.min() else { return cleared }
            last = lowest
            for job in listing.unreadable {
                let directory = job.id == nil ? nil : job.directory
                try await forget(job.number, job.id, leftoverIn: directory, &cleared)
            }
            for job in listing.jobs {
                let directory = job.state == .succeeded ? nil : job.directory
                try await forget(job.number, job.id, leftoverIn: directory, &cleared)
            }
        }
    }

    private func forget(
        _ number: Int64,
        _ job: JobID?,
        leftoverIn directory: String?,
        _ cleared: inout ClearedJobs
    ) async throws {
        do throws(Failure) {
            // If somebody tries the job again in the meantime, it is no longer finished.
            guard try await catalog.control.remove(number: number) else { return }
        } catch {
            guard error.code != .jobNotFound else { return }
            throw error
        }
        cleared.count += 1
        guard let job, let directory else { return }
        if let failure = await discard(job, number: number, in: directory) {
            cleared.failures.append(failure)
        }
    }
}
