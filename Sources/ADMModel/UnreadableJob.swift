/// A job whose row holds something that adm never writes there: the file was changed by something else.
///
/// It can be named and forgotten; nothing else is done with it, and no other job is affected.
public struct UnreadableJob: Sendable, Hashable {
    /// Its number in the workspace.
    public var number: Int64
    /// Its identifier, if that can be read.
    public var id: JobID?
    /// Where it was to be saved, if that can be read.
    public var directory: String?
    /// What it fetches, redacted; nil if that cannot be read.
    public var url: String?
    /// What is wrong with it: `databaseDamaged`, with the way to get rid of it.
    public var failure: Failure

    /// Names a job.
    public init(
        number: Int64,
        id: JobID? = nil,
        directory: String? = nil,
        url: String? = nil,
        failure: Failure
    ) {
        self.number = number
        self.id = id
        self.directory = directory
        self.url = url
        self.failure = failure
    }
}

/// Jobs in an order, and those among them that cannot be read.
public struct JobListing: Sendable, Hashable {
    /// The jobs.
    public var jobs: [Job] = []
    /// The others.
    public var unreadable: [UnreadableJob] = []

    /// No jobs.
    public init() {}
}
