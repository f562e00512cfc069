public import ADMModel

/// How the waiting for jobs ended.
public struct AwaitedJobs: Sendable, Hashable {
    /// The jobs, as they are now.
    public var jobs: [Job] = []
    /// Whether the time was up first.
    public var isTimedOut = false
}
