import ADMCatalog
public import ADMModel
import ADMScheduling

extension Workspace {
    /// Puts drafts into the queue, all of them or none; nobody here waits for them.
    ///
    /// A process that runs the queue fetches them. Asking again for something that is not finished
    /// adds nothing.
    ///
    /// - Throws: ``Failure`` with `usage` or `configuration` for a request that cannot be a job, with
    ///   `authentication` for one with a secret header field, which would not be there when it runs;
    ///   `jobNotFound` or `exists` for the job to wait for.
    /// - Returns: For each request its job, and whether it was added.
    public func enqueue(_ requests: [JobDraft]) async throws(Failure) -> [QueuedJob] {
        try check(requests)
        let prepared = try PreparedJob.prepare(requests, directory: configuration.directory(of:))
        let jobs = try await catalog.queue.enqueue(prepared)
        for (queued, job) in zip(requests, jobs) where !job.isNew {
            // The newer options count where they prove more.
            let request = queued.request
            guard request.namesDigest || request.pieces != nil else { continue }
            _ = try await catalog.control.amend(number: job.number, with: request)
        }
        for job in jobs where !job.isNew && [.failed, .cancelled].contains(job.state) {
            // It was given up and has bytes: it goes on with them.
            await publish(try await catalog.control.makeReady(number: job.number) ?? [])
        }
        catalog.wakeOwners()
        return jobs
    }

    /// Runs the queue of the workspace: everything that is ready, as the budget allows.
    ///
    /// - Parameters:
    ///   - untilEmpty: Whether it returns when no job is ready or waits for its next attempt;
    ///     otherwise it goes on until the task is cancelled.
    ///   - maxJobs: It returns after so many jobs have run; nil for no limit.
    /// - Throws: `CancellationError` after cancellation; running jobs are put back into the queue
    ///   after a checkpoint. ``Failure`` where the database or the ledger cannot be used.
    public func drain(untilEmpty: Bool, maxJobs: Int? = nil) async throws {
        try await scheduler.drain(untilEmpty: untilEmpty, maxJobs: maxJobs)
    }
}
