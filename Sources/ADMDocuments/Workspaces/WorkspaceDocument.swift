package import ADMModel
import Foundation

/// A workspace.
package struct WorkspaceDocument: Document {
    package static let name = "workspace"
    package static let summary = "A workspace."

    private let workspace: WorkspaceSummary
    private let isCurrent: Bool

    /// Shows what is known of a workspace; `isCurrent` says whether commands use it if they name none.
    package init(_ workspace: WorkspaceSummary, isCurrent: Bool) {
        self.workspace = workspace
        self.isCurrent = isCurrent
    }

    package static let fields: [Field<WorkspaceDocument>] = [
        Field("name", "Its name.") { $0.workspace.name },
        Field("id", "Its UUID, which a new name does not change; null if it cannot be read.") {
            $0.workspace.identity?.uuidString.lowercased()
        },
        Field("current", "Whether commands use it if they name none.") { $0.isCurrent },
        Field("directory", "Where its downloads go, absolute; null if settings are broken.") {
            $0.workspace.directory
        },
        Field("path", "The directory of its own files.") { $0.workspace.layout.root },
        Field("profile", "The file of its settings.") { $0.workspace.layout.profile },
        Field("database", "The file of its jobs.") { $0.workspace.layout.database },
        Field("jobs", "How many jobs are in each state that any is in; null if not countable.") {
            $0.workspace.jobs.map(byName)
        },
        Field("problems", "What is wrong with it; empty if nothing is.") {
            $0.workspace.problems.map(ErrorDocument.init)
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
