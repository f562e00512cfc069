package import ADMModel
package import Foundation

/// One of the last twenty failures of a job.
package struct RecordedFailure: Sendable, Hashable {
    /// The attempt that failed, counted from 1.
    package var attempt: Int
    /// When.
    package var occurredAt: Date
    /// Why.
    package var failure: Failure
}
