package import ADMModel

/// What became of a request that was added.
package enum AddOutcome: Sendable, Hashable {
    /// A new job, and the event that says so.
    case added(Job, JobEvent)
    /// A job that is not finished yet fetches the same thing to the same place; nothing was added.
    case existing(Job)

    /// The job that will do it.
    package var job: Job {
        switch self {
        case .added(let job, _), .existing(let job): job
        }
    }
}
