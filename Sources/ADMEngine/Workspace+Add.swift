import ADMCatalog
public import ADMModel
import ADMScheduling

extension Workspace {
    /// Adds a job to the workspace and runs it here when a place is free.
    ///
    /// The job is on disk before this returns. Asking again for something that is not finished goes
    /// on with the same job instead of adding another. Secret header fields are used in this run
    /// and never stored. ``wait(for:)`` waits for the end of the job.
    ///
    /// - Throws: ``Failure``: `usage` for a request that cannot be a job, `locked` if another process
    ///   downloads it already, or of the database. What was added stays added, also after cancellation.
    @discardableResult
    public func add(_ request: JobRequest) async throws -> Job {
        try JobRules.check(request)
        if let done = finishedAtStart.first(where: { fetches($0, request) }) {
            // The same command after a crash at the very end: what it asked for is there.
            try await scheduler.repeatOutcome(of: done)
            return done
        }
        let prepared = try PreparedJob(
            JobDraft(request),
            directory: configuration.directory(of: request),
            foregroundOwner: budgetHolder
        )
        var job: Job
        switch try await catalog.queue.add([prepared]).first {
        case .added(let added):
            job = added.job
            await publish([added.event])
        case .existing(let present):
            // The newer options count: a digest that is given now must not be forgotten.
            job = try await catalog.control.amend(number: present.number, with: request) ?? present
        case nil:
            throw Failure(.unclassified, "the job for \(request.url.redacted) was not added")
        }
        // Whoever asks for it now does not mean the time or the other job that it waited for.
        if job.state != .ready { job = try await makeReady(job, atOnce: true) }
        do { try await scheduler.start(job, fields: fields(of: request)) } catch let failure
            as Failure
        {
            if failure.code == .locked, await scheduler.isActive(job.id) { return job }
            throw failure
        }
        return job
    }

    /// Adds many jobs at once, as ``add(_:)`` does each, and answers for each of them.
    ///
    /// They are recorded in one transaction. It survives the death of this process at once, and a power
    /// loss from the first recorded progress on.
    ///
    /// - Returns: For each request its job, or why it was not added or not begun.
    public func add(each requests: [JobRequest]) async -> [Result<Job, Failure>] {
        let outcomes: [AddOutcome]
        do {
            guard finishedAtStart.isEmpty else { return await addOneByOne(requests) }
            try JobRules.check(requests)
            let prepared = try PreparedJob.prepare(
                requests.map { JobDraft($0) },
                foregroundOwner: budgetHolder,
                directory: configuration.directory(of:)
            )
            outcomes = try await catalog.queue.add(prepared, survives: .process)
        } catch { return await addOneByOne(requests) }
        var fresh: [(job: Job, fields: [HeaderField])] = []
        var events: [JobEvent] = []
        for (request, outcome) in zip(requests, outcomes) {
            guard case .added(let added) = outcome else { continue }
            fresh.append((added.job, fields(of: request)))
            events.append(added.event)
        }
        await publish(events)
        let begun = await result { [fresh] in try await scheduler.start(added: fresh) }
        var results: [Result<Job, Failure>] = []
        for (request, outcome) in zip(requests, outcomes) {
            switch outcome {
            case .added(let added): results.append(begun.map { added.job })
            case .existing: results.append(await result { try await add(request) })
            }
        }
        return results
    }

    /// Where one transaction for all is not possible, each finds out by itself what is wrong with it.
    private func addOneByOne(_ requests: [JobRequest]) async -> [Result<Job, Failure>] {
        var results: [Result<Job, Failure>] = []
        for request in requests { results.append(await result { try await add(request) }) }
        return results
    }

    private func result<R: Sendable>(
        _ body: () async throws -> R
    ) async -> Result<R, Failure> {
        do { return .success(try await body()) } catch {
            return .failure(error as? Failure ?? Failure(.unclassified, "\(error)"))
        }
    }

    private func fetches(_ job: Job, _ request: JobRequest) -> Bool {
        job.request.url == request.url && job.request.fileName == request.fileName
            && job.directory == (try? configuration.directory(of: request))
    }
}
