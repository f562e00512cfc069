import ADMDocuments
import ADMEngine
import ADMModel
import Foundation

extension WorkspaceDocument {
    /// Shows what is known of a workspace.
    init(_ summary: WorkspaceSummary, isCurrent: Bool) {
        self.init(
            name: summary.name,
            identity: summary.identity?.uuidString.lowercased(),
            layout: summary.layout,
            directory: summary.directory,
            jobs: summary.jobs,
            problems: summary.problems,
            isCurrent: isCurrent
        )
    }
}

extension TrashDocument {
    /// Shows a removed workspace.
    init(_ removed: TrashedWorkspace) {
        self.init(
            name: removed.name,
            identity: removed.identity.uuidString.lowercased(),
            removedAt: removed.removedAt,
            expiresAt: removed.expiresAt,
            path: removed.path
        )
    }
}

extension WorkspaceSummary {
    /// Its jobs in words: `1 running, 3 ready`; `none`; nothing if they cannot be counted.
    var jobsText: String {
        guard let jobs else { return "" }
        let parts = JobState.allCases.compactMap { state in
            jobs[state].map { "\($0) \(state.rawValue)" }
        }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
