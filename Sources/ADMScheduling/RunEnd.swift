package import ADMModel
package import Foundation

/// How one run of a job ended.
package enum RunEnd: Sendable {
    /// Nothing more happens by itself.
    case ended(JobOutcome)
    /// It is in the queue again, with everything that it has.
    case requeued(Job)
    /// It failed, and will be tried again.
    case retrying(Job, until: Date, Failure)
}

/// Why a run is stopped.
package enum StopReason: Sendable, Hashable {
    /// Its process ends, and a person was watching: hold it.
    case interruption
    /// Its process ends: another one goes on.
    case shutdown
    /// Somebody wants it to be held.
    case pause
    /// Somebody wants it to end for good.
    case cancel
    /// Another workspace is owed the slot.
    case yield
}
