package import ADMModel
package import Foundation

/// How one run of a job ended.
package enum AttemptResult: Sendable {
    /// Nothing more happens by itself.
    case ended(JobOutcome)
    /// It is in the queue again, with everything that it has.
    case requeued(Job)
    /// It failed, and will be tried again.
    case retrying(Job, until: Date, Failure)
}
