import ADMCatalog
import ADMDisk
public import ADMModel
import ADMScheduling

extension Workspace {
    /// Adds a job to the workspace and runs it when a place is free.
    ///
    /// The job is on disk before this returns. Asking again for something that is not finished goes
    /// on with the same job instead of adding another. Secret header fields are used in this run
    /// and never stored.
    ///
    /// - Throws: ``Failure``: `usage` for a name that is none, `locked` where another process
    ///   downloads it already, or of the database.
    @discardableResult
    public func add(_ request: JobRequest) async throws -> Job {
        try check(request)
        if let done = finishedAtStart.first(where: { fetches($0, request) }) {
            // The same command after a crash at the very end: what it asked for is there.
            try await scheduler.repeatOutcome(of: done)
            return done
        }
        var job = try await record(request)
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
    public func add(_ requests: [JobRequest]) async -> [Result<Job, Failure>] {
        guard finishedAtStart.isEmpty, let outcomes = try? await recordTogether(requests) else {
            var results: [Result<Job, Failure>] = []
            for request in requests { results.append(await result { try await add(request) }) }
            return results
        }
        var fresh: [(job: Job, fields: [HeaderField])] = []
        var events: [JobEvent] = []
        for (request, outcome) in zip(requests, outcomes) {
            guard case .added(let job, let event) = outcome else { continue }
            fresh.append((job, fields(of: request)))
            events.append(event)
        }
        await publish(events)
        let begun = await result { [fresh] in try await scheduler.start(added: fresh) }
        var results: [Result<Job, Failure>] = []
        for (request, outcome) in zip(requests, outcomes) {
            switch outcome {
            case .added(let job, _): results.append(begun.map { job })
            case .existing: results.append(await result { try await add(request) })
            }
        }
        return results
    }

    private func recordTogether(_ requests: [JobRequest]) async throws -> [AddOutcome] {
        for request in requests { try check(request) }
        return try await catalog.queue.add(prepare(requests), survives: .process)
    }

    private func prepare(_ requests: [JobRequest]) throws(Failure) -> [PreparedJob] {
        try PreparedJob.prepare(
            requests.map { JobDraft($0) },
            foregroundOwner: budgetHolder,
            directory: configuration.directory(of:)
        )
    }

    private func result<R: Sendable>(
        _ body: () async throws -> R
    ) async -> Result<R, Failure> {
        do { return .success(try await body()) } catch {
            return .failure(error as? Failure ?? Failure(.unclassified, "\(error)"))
        }
    }

    /// Goes on with a job that is held, failed, cancelled or was left by a dead process.
    ///
    /// One that was held before its time, or before the job that it waits for had succeeded, waits for that
    /// again.
    ///
    /// - Throws: ``Failure``: `jobNotFound`, `locked` where another process runs it, `exists`
    ///   where it has succeeded already, `unfinished` where it waits for its time or for another job,
    ///   `authentication` where secret header fields are missing.
    @discardableResult
    public func resume(_ job: Job, headers: [HeaderField] = []) async throws -> Job {
        let ready = job.state == .ready ? job : try await makeReady(job)
        if let waiting = Workspace.waiting(ready) { throw waiting }
        try await scheduler.start(ready, fields: fields(of: job.request, and: headers))
        return ready
    }

    /// Stops a job for good.
    ///
    /// Its part file is kept until the job is removed.
    ///
    /// Where another process runs it, that one is told and stops it within two seconds.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`, or `exists` where it has ended already.
    public func cancel(_ id: JobID) async throws {
        if await scheduler.stop(id, because: .cancel) {
            _ = try await scheduler.outcome(of: id)
            return
        }
        guard let job = try await catalog.list.job(id: id) else {
            throw Failure(.jobNotFound, "there is no job \(id)")
        }
        switch try await catalog.control.cancel(number: job.number) {
        case .cancelled(let events): await publish(events)
        case .requested: catalog.wakeOwners()
        case .unchanged(let state):
            throw Failure(.exists, "job \(job.number) has \(state.rawValue) already")
        }
    }

    private func record(_ request: JobRequest) async throws -> Job {
        let outcomes = try await catalog.queue.add(prepare([request]))
        guard let outcome = outcomes.first else {
            throw Failure(.unclassified, "the job for \(request.url.redacted) was not added")
        }
        switch outcome {
        case .added(let job, let event):
            await publish([event])
            return job
        case .existing(let job):
            // The newer options count: a digest that is given now must not be forgotten.
            return try await catalog.control.amend(number: job.number, with: request) ?? job
        }
    }

    private func fetches(_ job: Job, _ request: JobRequest) -> Bool {
        job.request.url == request.url && job.request.fileName == request.fileName
            && job.directory == (try? configuration.directory(of: request))
    }

    private func makeReady(_ job: Job, atOnce: Bool = false) async throws -> Job {
        let events = try await catalog.control.makeReady(number: job.number, atOnce: atOnce)
        await publish(events ?? [])
        let present = try await catalog.list.job(id: job.id) ?? job
        if events != nil { return present }
        if await scheduler.isActive(job.id) { return job }
        switch present.state {
        case .succeeded:
            throw Failure(
                .exists,
                "job \(job.number) has succeeded already: \(present.destination ?? "")",
                hint: "adm download with its URL fetches it again"
            )
        case .running, .finalizing:
            throw Failure(
                .locked,
                "job \(job.number) is being downloaded by another process: \(job.request.url.redacted)",
                hint: "adm list shows how far it is"
            )
        // Somebody else put it back meanwhile, or it waits.
        default: return present
        }
    }

    /// What keeps a job from going on now although nobody holds it; nil for nothing.
    private static func waiting(_ job: Job) -> Failure? {
        switch job.state {
        case .scheduled:
            Failure(
                .unfinished,
                "job \(job.number) waits for its time, \(job.runAt.shown): adm run begins it then",
                hint:
                    "adm queue set \(job.number) --at +0s lets it begin at once, adm download with its URL"
                    + " fetches it now"
            )
        case .blocked:
            Failure(
                .unfinished,
                "job \(job.number) waits for the success of"
                    + " \(job.after.map { "job \($0)" } ?? "another job"): adm run begins it then",
                hint:
                    "adm why \(job.number) says how that stands, adm download with its URL fetches it now"
            )
        default: nil
        }
    }

    func fields(of request: JobRequest, and more: [HeaderField] = []) -> [HeaderField] {
        HeaderField.merged(configuration.settings.transfer.headers, own: request.headers + more)
    }
}
