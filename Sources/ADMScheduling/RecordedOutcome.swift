import ADMCatalog
import ADMModel

extension JobOutcome {
    /// The outcome of a job that ended long ago or does not run here.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; of the database.
    static func recorded(_ id: JobID, in list: JobList) async throws -> JobOutcome {
        guard let job = try await list.job(id: id) else {
            throw Failure(.jobNotFound, "there is no job \(id) in this workspace")
        }
        switch job.state {
        case .succeeded:
            let completion = JobEvent.Completion(
                destinationPath: job.destination ?? job.directory,
                totalBytes: job.bytesTotal ?? job.bytesDone,
                elapsedSeconds: job.transferSeconds,
                averageSpeed: 0,
                verification: job.verification
            )
            return .succeeded(job, completion)
        case .failed:
            let failure = job.failure ?? Failure(.unclassified, "job \(job.number) failed")
            return .failed(job, failure)
        case .cancelled: return .cancelled(job)
        default: return .paused(job, job.failure)
        }
    }
}
