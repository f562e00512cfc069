package import ADMModel

/// What became of a job that was added.
package enum AddOutcome: Sendable, Equatable {
    /// It is new.
    case added(AddedJob)
    /// A job that is there already does the same; nothing was added.
    case existing(Job)

    /// The job that will do it.
    package var job: Job {
        switch self {
        case .added(let added): added.job
        case .existing(let job): job
        }
    }

    /// The same job, as somebody knows it who only needs its name.
    package var queued: QueuedJob {
        switch self {
        case .added(let added):
            QueuedJob(id: added.id, number: added.number, state: added.state, isNew: true)
        case .existing(let job):
            QueuedJob(id: job.id, number: job.number, state: job.state, isNew: false)
        }
    }
}
