public import ADMModel
public import Foundation

/// All workspaces at one moment.
public struct Overview: Sendable {
    /// One workspace.
    public struct Workspace: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// How many jobs are in each state.
        public var counts: [JobState: Int] = [:]
        /// How many slots it has.
        public var slots = 0
        /// How many connections its slots may have.
        public var connections = 0
        /// The part of all slots, or of all connections if the slots are not limited, that is due to it.
        public var entitled = 0.0
        /// Weight, minimum, maximum, pause.
        public var share = WorkspaceShare()
        /// Bytes a second, over the last seconds.
        public var bytesPerSecond = 0.0
        /// Why nothing is known about it.
        public var problem: Failure?

        /// Names a workspace.
        public init(name: String) { self.name = name }
    }

    /// A job that runs or waits.
    public struct Entry: Sendable, Hashable {
        /// The workspace's name.
        public var workspace: String
        /// The workspace itself, whatever its name is by now.
        public var identity: UUID?
        /// The job.
        public var job: Job
        /// Bytes a second, over the last seconds.
        public var bytesPerSecond: Double

        /// Creates a job.
        public init(
            workspace: String,
            identity: UUID? = nil,
            job: Job,
            bytesPerSecond: Double = 0
        ) {
            self.workspace = workspace
            self.identity = identity
            self.job = job
            self.bytesPerSecond = bytesPerSecond
        }
    }

    /// The slots, and who has them.
    public var budget: BudgetReport
    /// The workspaces, by name.
    public var workspaces: [Workspace] = []
    /// Running jobs first, then those that come next, workspace by workspace.
    public var jobs: [Entry] = []
    /// The jobs that failed last, the latest first.
    public var failures: [Entry] = []
    /// Bytes a second of all, over the last seconds.
    public var bytesPerSecond = 0.0

    /// Begins an overview.
    public init(budget: BudgetReport) { self.budget = budget }
}
