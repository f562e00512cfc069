/// How a run of a job ended.
public enum JobOutcome: Sendable, Hashable {
    /// The file is under its final name.
    case succeeded(Job, JobEvent.Completion)
    /// There was nothing to do, for the given reason.
    case skipped(Job, reason: String)
    /// Given up.
    case failed(Job, Failure)
    /// Held: by cancellation of the run, or because space ran out.
    case paused(Job, Failure?)
    /// Stopped for good.
    case cancelled(Job)

    /// The job as it stood at the end.
    public var job: Job {
        switch self {
        case .succeeded(let job, _), .skipped(let job, _), .failed(let job, _), .paused(let job, _),
            .cancelled(let job):
            job
        }
    }
}
