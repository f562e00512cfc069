public import Foundation

/// One of the last failures of a job.
public struct FailedAttempt: Sendable, Hashable, Codable {
    /// The attempt that failed, counted from 1.
    public var attempt: Int
    /// When.
    public var occurredAt: Date
    /// Why.
    public var failure: Failure

    private enum CodingKeys: String, CodingKey {
        case attempt
        case occurredAt = "occurred_at"
        case failure
    }

    /// Records a failure.
    public init(attempt: Int, occurredAt: Date, failure: Failure) {
        self.attempt = attempt
        self.occurredAt = occurredAt
        self.failure = failure
    }
}
