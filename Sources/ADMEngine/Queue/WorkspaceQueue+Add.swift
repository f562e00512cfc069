import ADMCatalog
public import ADMModel

extension WorkspaceQueue {
    /// Puts drafts into the queue, all of them or none; nobody here waits for them.
    ///
    /// A process that runs the queue fetches them. Asking again for something that is not finished
    /// adds nothing.
    ///
    /// - Throws: ``Failure`` with `usage` or `configuration` for a draft that cannot be a job, with
    ///   `authentication` for one with a secret header field, which would not be there when it runs;
    ///   `jobNotFound` or `exists` for the job to wait for. Then nothing was added.
    /// - Returns: For each draft its job, and whether it was added.
    public func add(_ drafts: [JobDraft]) async throws(Failure) -> [QueuedJob] {
        guard !drafts.isEmpty else { return [] }
        try JobRules.check(drafts)
        let prepared = try PreparedJob.prepare(
            drafts,
            directory: workspace.configuration.directory(of:)
        )
        let jobs = try await catalog.queue.add(prepared).map(\.queued)
        for (draft, job) in zip(drafts, jobs) where !job.isNew {
            // The newer options count where they prove more.
            let request = draft.request
            guard request.namesDigest || request.pieces != nil else { continue }
            _ = try await catalog.control.amend(number: job.number, with: request)
        }
        for job in jobs where !job.isNew && [.failed, .cancelled].contains(job.state) {
            // It was given up and has bytes: it goes on with them.
            await workspace.publish(try await catalog.control.makeReady(number: job.number) ?? [])
        }
        catalog.wakeOwners()
        return jobs
    }

    /// Puts each draft into the queue that can be a job, and tells of each other one why it cannot.
    ///
    /// As long as nothing is wrong with any of them, they are added in one transaction; else one by one. If the
    /// workspace itself cannot be written (``ADMModel/Failure/Code/concernsOneJob`` is false), the drafts from
    /// there on are not tried, and all of them have that failure.
    ///
    /// - Returns: For each draft what ``add(_:)`` would have returned or thrown for it alone.
    public func add(each drafts: [JobDraft]) async -> [Result<QueuedJob, Failure>] {
        do throws(Failure) { return try await add(drafts).map { .success($0) } } catch {
            guard drafts.count > 1, error.code.concernsOneJob else {
                return drafts.map { _ in .failure(error) }
            }
        }
        var results: [Result<QueuedJob, Failure>] = []
        for draft in drafts {
            do throws(Failure) {
                results += try await add([draft]).map { .success($0) }
            } catch {
                results.append(.failure(error))
                guard !error.code.concernsOneJob else { continue }
                let rest = drafts.count - results.count
                return results + Array(repeating: .failure(error), count: rest)
            }
        }
        return results
    }
}
