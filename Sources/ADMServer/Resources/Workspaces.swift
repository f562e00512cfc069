import ADMDocuments
import ADMEngine
import ADMModel

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
        Operation(
            .post,
            "/v1/workspaces",
            "createWorkspace",
            "Create a workspace.",
            needs: .admin,
            body: .json(.document(WorkspaceBody.description)),
            answers: [Operation.Answer(201, "The workspace.", WorkspaceDocument.shape)],
            run: create
        ),
        Operation(
            .delete,
            API.workspace,
            "removeWorkspace",
            "Put a workspace into the trash, where it stays for a week; saved files stay.",
            needs: .admin,
            answers: [Operation.Answer(204, "It is in the trash.")],
            run: remove
        ),
        Operation(
            .post,
            API.workspace + "/pause",
            "pauseWorkspace",
            "Let the jobs of a workspace wait until somebody resumes it.",
            needs: .admin,
            answers: [Operation.Answer(200, "Its share.", ShareDocument.shape)]
        ) { try await share($0, ShareChange(isPaused: true)) },
        Operation(
            .post,
            API.workspace + "/resume",
            "resumeWorkspace",
            "Let the jobs of a workspace run again.",
            needs: .admin,
            answers: [Operation.Answer(200, "Its share.", ShareDocument.shape)]
        ) { try await share($0, ShareChange(isPaused: false)) },
    ]

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        // The token of one workspace makes no other.
        guard call.scope.caller.onlyWorkspace == nil else {
            throw Problem(.forbidden, "a token of one workspace creates no other")
        }
        let body = try WorkspaceBody.parse(try await call.body())
        let name = try WorkspaceName(body.name)
        let home = call.services.running.home
        _ = try await home.create(name, template: body.template ?? "default")
        var reply = Reply(
            WorkspaceDocument(try await home.show(name), isCurrent: false),
            status: 201
        )
        reply.fields.append(("Location", "/v1/workspaces/\(name)"))
        return reply
    }

    @Sendable private static func remove(_ call: Call) async throws -> Reply {
        let home = call.services.running.home
        let selection = try await call.selection()
        let choice = try await home.choice()
        try await home.checkRemovable(selection.name, choice: choice)
        await call.services.shelf.letGo(selection.name)
        // Whoever asked for it a moment ago has it open for another half a second.
        let end = ContinuousClock.now + .seconds(3)
        while true {
            do throws(Failure) {
                _ = try await home.remove(
                    selection.name,
                    deleteFiles: false,
                    choice: choice,
                    expecting: selection.identity
                )
                break
            } catch {
                guard error.code == .locked, ContinuousClock.now < end else { throw error }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return Reply()
    }

    private static func share(_ call: Call, _ change: ShareChange) async throws -> Reply {
        let selection = try await call.selection()
        let home = call.services.running.home
        return Reply(
            ShareDocument(try await home.setShare(of: selection.name, change, yielding: true))
        )
    }

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
