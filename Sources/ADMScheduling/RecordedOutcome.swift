import ADMCatalog
import ADMModel

extension JobList {
    /// The outcome of a job that ended long ago or does not run here.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`; of the database.
    func outcome(of id: JobID) async throws -> JobOutcome {
        guard let job = try await job(id: id) else {
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
