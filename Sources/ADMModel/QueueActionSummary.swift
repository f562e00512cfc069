/// What became of an action on many jobs.
public struct QueueActionSummary: Sendable, Hashable {
    /// How many jobs are in another state now.
    public var changed = 0
    /// How many are run by processes that were told.
    public var requested = 0
    /// How many had no use for the action.
    public var unchanged = 0
    /// The first of them, at most a thousand, one by one.
    public var outcomes: [QueueActionOutcome] = []

    /// Begins without any.
    public init() {}

    /// Counts what became of one job.
    package mutating func add(_ outcome: QueueActionOutcome) {
        switch outcome.result {
        case .changed: changed += 1
        case .requested: requested += 1
        case .unchanged: unchanged += 1
        }
        if outcomes.count < 1000 { outcomes.append(outcome) }
    }
}
