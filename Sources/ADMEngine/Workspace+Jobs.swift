import ADMCatalog
import ADMDisk
public import ADMModel
import ADMScheduling
import ADMSystem

extension Workspace {
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

    /// The job that a text names, if it cannot be read; nil if it can, or if there is none.
    public func unreadableJob(_ text: String) async throws -> UnreadableJob? {
        try await catalog.list.unreadable(text)
    }

    /// Forgets a job that cannot be read, and removes its part file if that can be told.
    ///
    /// - Throws: ``Failure`` with `locked` if it is running.
    /// - Returns: As ``remove(_:)`` of a sound job.
    public func remove(_ job: UnreadableJob) async throws -> Failure? {
        guard try await catalog.control.remove(number: job.number) else {
            throw Failure(.locked, "job \(job.number) is running")
        }
        guard let id = job.id, let directory = job.directory else { return nil }
        return await discard(id, number: job.number, in: directory)
    }

    /// Removes the part file of a job that is forgotten; why that is not possible, if it is not.
    func discard(_ job: JobID, number: Int64, in directory: String) async -> Failure? {
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
}
