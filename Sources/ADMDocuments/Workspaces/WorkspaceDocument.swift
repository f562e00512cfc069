package import ADMModel

/// A workspace.
package struct WorkspaceDocument: Document {
    package static let name = "workspace"
    package static let summary = "A workspace."

    private let layout: WorkspaceLayout
    private let workspaceName: String
    private let identity: String?
    private let directory: String?
    private let jobs: [JobState: Int]?
    private let problems: [Failure]
    private let isCurrent: Bool

    /// Shows a workspace.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - identity: Its UUID in lower case; nil if it cannot be read.
    ///   - layout: Where its files are.
    ///   - directory: Where its downloads go; nil if its settings cannot be read.
    ///   - jobs: How many jobs are in each state; nil if they cannot be counted.
    ///   - problems: What is wrong with it.
    ///   - isCurrent: Whether commands use it if they name none.
    package init(
        name: String,
        identity: String?,
        layout: WorkspaceLayout,
        directory: String?,
        jobs: [JobState: Int]?,
        problems: [Failure],
        isCurrent: Bool
    ) {
        workspaceName = name
        self.identity = identity
        self.layout = layout
        self.directory = directory
        self.jobs = jobs
        self.problems = problems
        self.isCurrent = isCurrent
    }

    package static let fields: [Field<WorkspaceDocument>] = [
        Field("name", "Its name.") { $0.workspaceName },
        Field("id", "Its UUID, which a new name does not change; null if it cannot be read.") {
            $0.identity
        },
        Field("current", "Whether commands use it if they name none.") { $0.isCurrent },
        Field("directory", "Where its downloads go, absolute; null if settings are broken.") {
            $0.directory
        },
        Field("path", "The directory of its own files.") { $0.layout.root },
        Field("profile", "The file of its settings.") { $0.layout.profile },
        Field("database", "The file of its jobs.") { $0.layout.database },
        Field("jobs", "How many jobs are in each state that any is in; null if not countable.") {
            $0.jobs.map(byName)
        },
        Field("problems", "What is wrong with it; empty if nothing is.") {
            $0.problems.map(ErrorDocument.init)
        },
    ]
}

/// The counts by the name of the state.
func byName(_ counts: [JobState: Int]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
}

/// The workspace that was chosen for commands that name none.
package struct WorkspaceChoiceDocument: Document {
    package static let name = "workspace-choice"
    package static let summary = "The workspace that was chosen for commands that name none."

    private let chosen: WorkspaceName
    private let previous: WorkspaceName

    /// Shows the choice and the one before.
    package init(_ chosen: WorkspaceName, previous: WorkspaceName) {
        self.chosen = chosen
        self.previous = previous
    }

    package static let fields: [Field<WorkspaceChoiceDocument>] = [
        Field("name", "The workspace that is chosen now.") { $0.chosen.description },
        Field("previous", "The one that was chosen before.") { $0.previous.description },
    ]
}
