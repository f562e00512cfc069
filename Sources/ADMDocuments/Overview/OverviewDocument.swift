package import ADMModel

/// All workspaces at one moment, as `adm top` shows them.
package struct OverviewDocument: Document {
    package static let name = "overview"
    package static let summary = "All workspaces at one moment."

    private let budget: BudgetReport
    private let workspaces: [OverviewWorkspaceDocument]
    private let jobs: [OverviewJobDocument]
    private let failures: [OverviewJobDocument]
    private let bytesPerSecond: Double

    /// Shows all workspaces.
    package init(
        budget: BudgetReport,
        workspaces: [OverviewWorkspaceDocument],
        jobs: [OverviewJobDocument],
        failures: [OverviewJobDocument],
        bytesPerSecond: Double
    ) {
        self.budget = budget
        self.workspaces = workspaces
        self.jobs = jobs
        self.failures = failures
        self.bytesPerSecond = bytesPerSecond
    }

    package static let fields: [Field<OverviewDocument>] = [
        Field("budget", "The slots, and who has them.") { BudgetDocument($0.budget) },
        Field("workspaces", "The workspaces, by name.") { $0.workspaces },
        Field(
            "jobs",
            "The jobs that run, then those that come next; at most some of each workspace."
        ) { $0.jobs },
        Field("failures", "The jobs that failed last, the latest first.") { $0.failures },
        Field("current_speed_bps", "Bytes a second of all, over the last seconds.") {
            Rounded($0.bytesPerSecond, places: 0)
        },
    ]
}

/// A workspace in an overview.
package struct OverviewWorkspaceDocument: Document {
    package static let name = "overview-workspace"
    package static let summary = "A workspace in an overview."

    private let workspace: String
    private let counts: [JobState: Int]
    private let slots: Int
    private let connections: Int
    private let entitled: Double
    private let share: WorkspaceShare
    private let bytesPerSecond: Double
    private let failure: Failure?

    /// Shows a workspace.
    package init(
        name: String,
        counts: [JobState: Int],
        slots: Int,
        connections: Int = 0,
        entitled: Double,
        share: WorkspaceShare,
        bytesPerSecond: Double,
        failure: Failure?
    ) {
        workspace = name
        self.counts = counts
        self.slots = slots
        self.connections = connections
        self.entitled = entitled
        self.share = share
        self.bytesPerSecond = bytesPerSecond
        self.failure = failure
    }

    package static let fields: [Field<OverviewWorkspaceDocument>] = [
        Field("name", "Its name.") { $0.workspace },
        Field("jobs", "How many jobs are in each state that any is in.") { byName($0.counts) },
        Field("slots", "How many slots it has.") { $0.slots },
        Field("connections", "How many connections its slots may have.") { $0.connections },
        Field(
            "entitled",
            "The part of what is shared out (`unit` of the budget) that it is entitled to now; may be a fraction."
        ) { $0.entitled },
        Field("share", "What it may have of the budget.") { ShareDocument($0.share) },
        Field("current_speed_bps", "Bytes a second, over the last seconds.") {
            Rounded($0.bytesPerSecond, places: 0)
        },
        Field("error", "Why nothing is known about it; null if something is.") {
            $0.failure.map(ErrorDocument.init)
        },
    ]
}

/// A job in an overview.
package struct OverviewJobDocument: Document {
    package static let name = "overview-job"
    package static let summary = "A job in an overview."

    private let job: JobDocument
    private let workspace: String
    private let bytesPerSecond: Double

    /// Shows a job of a workspace.
    package init(_ job: Job, workspace: String, bytesPerSecond: Double) {
        self.job = JobDocument(job)
        self.workspace = workspace
        self.bytesPerSecond = bytesPerSecond
    }

    package static let fields: [Field<OverviewJobDocument>] =
        [
            Field("workspace", "The name of its workspace.") { $0.workspace },
            Field("current_speed_bps", "Bytes a second, over the last seconds; 0 unless it runs.") {
                Rounded($0.bytesPerSecond, places: 0)
            },
        ]
        + JobDocument.fields.filter { $0.description.replacement == nil }.map { $0.of(\.job) }
}
