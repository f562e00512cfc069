public import ADMModel

/// A job that is forgotten; one of the two is nil.
public struct RemovedJob: Sendable, Hashable {
    /// The job as it was.
    public var job: Job?
    /// The same of one that could not be read.
    public var unreadable: UnreadableJob?
    /// Why its part file is still there although the job is forgotten; nil if it is not.
    public var leftover: Failure?
}

/// What became of jobs that were to be forgotten.
public struct ClearedJobs: Sendable, Hashable {
    /// How many were.
    public var count = 0
    /// The part files that could not be removed.
    public var failures: [Failure] = []

    /// Nothing was removed yet.
    public init() {}
}
