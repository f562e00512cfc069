import ADMCatalog
import ADMDisk
public import ADMModel
import ADMScheduling
import ADMSystem

/// The end of jobs: waiting for it, and forgetting them.
extension WorkspaceQueue {
    /// Waits until jobs are finished, whoever runs them.
    ///
    /// - Parameters:
    ///   - numbers: The jobs; nil for all that are not finished now.
    ///   - limit: How long; nil for any time.
    ///   - failsFast: Whether the first job that fails or is cancelled ends the waiting.
    /// - Throws: ``Failure`` with `jobNotFound` for a job that does not exist, or not any more;
    ///   `CancellationError`, which changes nothing about the jobs.
    /// - Returns: The jobs that finished, and the others too if the time was up.
    public func wait(
        for numbers: [Int64]?,
        limit: Duration? = nil,
        failsFast: Bool = false
    ) async throws -> AwaitedJobs {
        let end = limit.map { ContinuousClock.now.advanced(by: $0) }
        var pending: [Int64]
        if let numbers { pending = numbers } else { pending = try await unfinished() }
        var awaited = AwaitedJobs()
        var changes = DirectoryWatch.changes(in: catalog.layout.root, deadline: end)
            .makeAsyncIterator()
        while true {
            // Of a process that dies, no file tells.
            await workspace.publish(
                try await DeadOwners.takeOver(catalog, owner: workspace.budgetHolder).events
            )
            let states = try await catalog.queue.states(of: pending)
            var left: [Int64] = []
            for number in pending {
                // One that was removed is found no more, which is told.
                if let state = states[number], !state.isFinal {
                    left.append(number)
                } else {
                    awaited.jobs.append(try await catalog.list.find(String(number)))
                }
            }
            pending = left
            let hasFailed = awaited.jobs.contains { $0.state != .succeeded }
            if pending.isEmpty || failsFast && hasFailed { return awaited }
            if let end, ContinuousClock.now >= end {
                for number in pending {
                    awaited.jobs.append(try await catalog.list.find(String(number)))
                }
                awaited.isTimedOut = true
                return awaited
            }
            guard await changes.next(isolation: #isolation) != nil else {
                throw CancellationError()
            }
            // Many jobs that end one after the other are looked at together.
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func unfinished() async throws -> [Int64] {
        let states = Set(JobState.allCases.filter { !$0.isFinal })
        return try await catalog.list.jobs(states: states, limit: 1_000_000).map(\.number)
    }

    /// Forgets a job that does not run, and removes its part file.
    ///
    /// A finished file stays.
    ///
    /// - Throws: ``Failure`` with `locked` if it is running.
    /// - Returns: Why its part file is still there although the job is forgotten; nil if it is not.
    public func remove(_ job: Job) async throws -> Failure? {
        guard try await catalog.control.remove(number: job.number) else {
            throw Failure(
                .locked,
                "job \(job.number) is running",
                hint: "stop it first: adm queue cancel \(job.number)"
            )
        }
        // Only now: a job that somebody began in the meantime keeps its bytes.
        return await discard(job.id, number: job.number, in: job.directory)
    }

    /// Forgets the job that a text names, as ``remove(_:)`` does, even if it cannot be read; then its part file
    /// is removed if that can be told.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`, or `locked` if it is running.
    /// - Returns: The job, and its part file if that is still there.
    public func remove(named text: String) async throws -> RemovedJob {
        guard let job = try await catalog.list.unreadable(text) else {
            let job = try await workspace.job(text)
            return RemovedJob(job: job, leftover: try await remove(job))
        }
        guard try await catalog.control.remove(number: job.number) else {
            throw Failure(.locked, "job \(job.number) is running")
        }
        var removed = RemovedJob(unreadable: job)
        if let id = job.id, let directory = job.directory {
            removed.leftover = await discard(id, number: job.number, in: directory)
        }
        return removed
    }

    /// Removes the part file of a job that is forgotten; why that is not possible, if it is not.
    private func discard(_ job: JobID, number: Int64, in directory: String) async -> Failure? {
        do {
            try await Blocking.run { try PartFile.discard(directory: directory, job: job) }
            return nil
        } catch {
            var failure = error as? Failure ?? Failure(.unclassified, "\(error)")
            failure.message =
                "job \(number) is forgotten, but its part file is not removed: \(failure.message)"
            return failure
        }
    }

    /// Forgets finished jobs in some final states, with the part files of those that failed; saved
    /// files stay.
    ///
    /// What cannot be forgotten or removed keeps no other job.
    ///
    /// - Throws: ``Failure`` of the database; `CancellationError`, after which those that were forgotten stay so.
    /// - Returns: How many were forgotten, and which part files are still there.
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
