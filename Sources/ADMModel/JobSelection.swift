/// Which jobs of a workspace are meant.
public struct JobSelection: Sendable, Hashable {
    /// Those with these numbers; nil for all.
    public var numbers: [Int64]?
    /// Only those that are marked with this word.
    public var tag: String?
    /// Only those in one of these states; nil for all.
    public var states: Set<JobState>?

    /// Selects jobs; whatever is given must hold.
    public init(numbers: [Int64]? = nil, tag: String? = nil, states: Set<JobState>? = nil) {
        self.numbers = numbers
        self.tag = tag
        self.states = states
    }

    /// Selects the jobs of an action without naming any; without states those in the states that it is for.
    public init(for action: QueueAction, tag: String?, in states: Set<JobState>) {
        self.init(tag: tag, states: states.isEmpty ? action.states : states)
    }
}

/// What a person does to jobs of the queue.
public enum QueueAction: Sendable, Hashable {
    /// Hold them; running ones after a checkpoint.
    case pause
    /// Let held ones continue.
    case resume
    /// Stop them for good.
    case cancel
    /// Start failed and cancelled ones again, with what they have; also those that succeeded if
    /// `evenSucceeded` says so.
    case retry(evenSucceeded: Bool)

    /// The states of the jobs that are meant if no job and no state is named.
    public var states: Set<JobState> {
        switch self {
        case .pause: [.ready, .scheduled, .retrying, .blocked, .running]
        case .resume: [.paused]
        case .cancel: [.ready, .scheduled, .retrying, .blocked, .paused, .running]
        case .retry: [.failed]
        }
    }
}

/// What became of an action on one job.
public struct QueueActionOutcome: Sendable, Hashable {
    /// What came of it.
    public enum Result: Sendable, Hashable {
        /// It is in another state now.
        case changed(to: JobState)
        /// The process that runs it was told; it obeys within two seconds.
        case requested
        /// Its state has no use for the action.
        case unchanged
    }

    /// The job.
    public var number: Int64
    /// The state that it was in.
    public var from: JobState
    /// What came of the action.
    public var result: Result

    /// Reports on one job.
    public init(number: Int64, from: JobState, result: Result) {
        self.number = number
        self.from = from
        self.result = result
    }

    /// What to say of it if the job was named; nil unless its state has no use for the action.
    public var refusal: Failure? {
        guard result == .unchanged else { return nil }
        return Failure(.exists, "job \(number) is \(from.rawValue): nothing to do")
    }
}
