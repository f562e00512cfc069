import ADMCatalog
public import ADMModel
import ADMScheduling

extension Engine {
    /// Forgets a job that does not run, and removes its part file.
    ///
    /// A finished file stays.
    ///
    /// - Throws: ``Failure`` with `locked` where it is running.
    public func remove(_ job: Job) async throws {
        guard try await catalog.remove(number: job.number) else {
            throw Failure(
                .locked,
                "job \(job.number) is running",
                hint: "stop it first: adm queue cancel \(job.number)"
            )
        }
        // Only now: a job that somebody began meanwhile keeps its bytes.
        try await Leftover.discard(job)
    }

    /// The job that a text names, where it cannot be read; nil where it can, or where there is none.
    public func unreadableJob(_ text: String) async throws -> UnreadableJob? {
        try await catalog.unreadable(text)
    }

    /// Forgets a job that cannot be read, and removes its part file where that can be told.
    ///
    /// - Throws: ``Failure`` with `locked` where it is running.
    public func remove(_ job: UnreadableJob) async throws {
        guard try await catalog.remove(number: job.number) else {
            throw Failure(.locked, "job \(job.number) is running")
        }
        guard let id = job.id, let directory = job.directory else { return }
        try await Leftover.discard(id, in: directory)
    }
}
