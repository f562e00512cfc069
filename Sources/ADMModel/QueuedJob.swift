/// A job as the queue knows it: enough to name it, without what it fetches.
public struct QueuedJob: Sendable, Hashable {
    /// Its name anywhere.
    public let id: JobID
    /// Its number in the workspace.
    public let number: Int64
    /// Where it stands.
    public let state: JobState
    /// Whether it was added, or was there already.
    public let isNew: Bool

    /// Names a job.
    public init(id: JobID, number: Int64, state: JobState, isNew: Bool) {
        self.id = id
        self.number = number
        self.state = state
        self.isNew = isNew
    }
}
