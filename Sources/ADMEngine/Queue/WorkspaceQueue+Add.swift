import ADMCatalog
public import ADMModel
import Foundation

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
        try await renew(jobs, with: drafts)
        catalog.wakeOwners()
        return jobs
    }

    /// Puts a draft into the queue that somebody may hand in again with the same key, because the answer was lost.
    ///
    /// - Parameters:
    ///   - draft: The job.
    ///   - request: The key, which is remembered for a day.
    /// - Throws: ``Failure`` as ``add(_:)`` does. Then nothing was added.
    /// - Returns: The job, and whether the request had come before.
    public func add(
        _ draft: JobDraft,
        for request: RequestKey
    ) async throws(Failure) -> KeyedOutcome {
        try JobRules.check([draft])
        let job = try PreparedJob(
            draft,
            directory: workspace.configuration.directory(of: draft.request)
        )
        let outcome = try await catalog.queue.add(job, for: request, now: Date())
        if case .first(let queued) = outcome { try await renew([queued], with: [draft]) }
        catalog.wakeOwners()
        return outcome
    }

    /// Jobs that were there already take over what newer requests for the same say.
    private func renew(
        _ jobs: [QueuedJob],
        with drafts: [JobDraft]
    ) async throws(Failure) {
        for (draft, job) in zip(drafts, jobs) where !job.isNew {
            // The newer options count where they prove more.
            let request = draft.request
            guard request.namesDigest || request.pieces != nil else { continue }
            _ = try await catalog.control.amend(number: job.number, with: request)
        }
        for job in jobs where !job.isNew && [.failed, .cancelled].contains(job.state) {
            // It was given up and has bytes: it continues with them.
            await workspace.publish(try await catalog.control.makeReady(number: job.number) ?? [])
        }
    }

    /// Puts each draft into the queue that can be a job, and tells of each other one why it cannot.
    ///
    /// As long as nothing is wrong with any of them, they are added in one transaction; else in parts, so that only
    /// those that are wrong stay out. If the workspace itself cannot be written
    /// (``ADMModel/Failure/Code/concernsOneJob`` is false), the drafts from there on are not tried, and all of them
    /// have that failure. After cancellation no further part is tried.
    ///
    /// - Parameters:
    ///   - drafts: What to add.
    ///   - added: Told as soon as it is known what ``add(_:)`` would have returned or thrown for each draft alone, in
    ///     the order of the drafts.
    /// - Throws: `CancellationError`; what `added` throws, after which nothing more is tried.
    public func add(
        each drafts: [JobDraft],
        added: ([Result<QueuedJob, Failure>]) async throws -> Void
    ) async throws {
        var parts = drafts.isEmpty ? [] : [drafts[...]]
        var broken: Failure?
        while let part = parts.popLast() {
            try Task.checkCancellation()
            let outcome: Result<[QueuedJob], Failure>
            if let broken {
                outcome = .failure(broken)
            } else {
                outcome = await result { () throws(Failure) in try await add(Array(part)) }
            }
            switch outcome {
            case .success(let jobs): try await added(jobs.map { .success($0) })
            case .failure(let failure) where part.count > 1 && failure.code.concernsOneJob:
                let middle = part.startIndex + part.count / 2
                parts += [part[middle...], part[..<middle]]
            case .failure(let failure):
                if !failure.code.concernsOneJob { broken = failure }
                try await added(part.map { _ in .failure(failure) })
            }
        }
    }

    private func result(
        _ body: () async throws(Failure) -> [QueuedJob]
    ) async -> Result<[QueuedJob], Failure> {
        do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
    }
}
