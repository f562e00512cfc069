import ADMDocuments
import ADMEngine
import ADMModel
import Foundation

/// The workspaces of the home.
enum Workspaces {
    static let operations = [
        Operation(
            .get,
            "/v1/workspaces",
            "listWorkspaces",
            "List the workspaces that the caller may see.",
            needs: .read,
            answers: [
                Operation.Answer(200, "The workspaces.", .list(WorkspaceDocument.shape))
            ],
            run: list
        ),
        Operation(
            .get,
            API.workspace,
            "showWorkspace",
            "Show a workspace.",
            needs: .read,
            answers: [Operation.Answer(200, "The workspace.", WorkspaceDocument.shape)],
            run: show
        ),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let home = call.services.running.home
        let current = try? await home.choice().name.description
        let all = try await home.list().filter { summary in
            summary.identity.map(call.scope.caller.maySee)
                ?? (call.scope.caller.onlyWorkspace == nil)
        }
        return Reply(all.map { WorkspaceDocument($0, isCurrent: $0.name == current) })
    }

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        let home = call.services.running.home
        let selection = try await call.selection()
        let summary = try await home.show(selection.name)
        let current = try? await home.choice().name
        return Reply(WorkspaceDocument(summary, isCurrent: selection.name == current))
    }
}

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
