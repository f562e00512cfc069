import ADMCatalog
public import ADMModel
import ADMScheduling

extension Workspace {
    /// The jobs that can be resumed now, oldest first: those that are ready, held, or wait for another attempt;
    /// of very many the newest thousand.
    ///
    /// - Throws: ``Failure`` of the database.
    public func resumable() async throws -> [Job] {
        try await jobs(in: [.ready, .paused, .retrying]).reversed()
    }

    /// Resumes a job that is held, failed, cancelled or was left by a dead process.
    ///
    /// One that was held before its time, or before the job that it waits for had succeeded, waits for that
    /// again.
    ///
    /// - Throws: ``Failure``: `jobNotFound`, `locked` if another process runs it, `exists`
    ///   if it has succeeded already, `unfinished` if it waits for its time or for another job,
    ///   `authentication` if secret header fields are missing.
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
    /// If another process runs it, that one is told and stops it within two seconds.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`, or `exists` if it has ended already.
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

    /// Puts a job back into the queue that is held, failed or was cancelled; `atOnce` also one that waits for its
    /// time or for another job.
    ///
    /// - Throws: ``Failure`` with `exists` if it has succeeded, `locked` if another process runs it.
    func makeReady(_ job: Job, atOnce: Bool = false) async throws -> Job {
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
        // Somebody else has put it back, or it waits.
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
}
