import ADMEngine
import ADMModel

/// The workspaces that were asked for a moment ago: looking one up by its name and opening it takes several files,
/// which many requests in a row share.
///
/// A workspace that nobody asks for is let go after half a second, so that it can be renamed and removed.
actor WorkspaceShelf {
    /// How long what the files said counts.
    static let freshness = Duration.milliseconds(250)

    private struct Entry: Sendable {
        let selection: WorkspaceSelection
        var workspace: Workspace?
        let readAt: ContinuousClock.Instant

        var isFresh: Bool { ContinuousClock.now - readAt < WorkspaceShelf.freshness }
    }

    private let running: RunningHome
    private var entries: [WorkspaceName: Entry] = [:]

    init(_ running: RunningHome) { self.running = running }

    /// Lets workspaces go that nobody asks for, until the task is cancelled.
    func serve() async throws {
        while true {
            try await Task.sleep(for: WorkspaceShelf.freshness)
            entries = entries.filter { $0.value.isFresh }
        }
    }

    /// Lets a workspace go.
    func letGo(_ name: WorkspaceName) { entries[name] = nil }

    /// The workspace of a name.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name; with `storage` if it is damaged.
    func selection(_ name: WorkspaceName) async throws(Failure) -> WorkspaceSelection {
        if let entry = entries[name], entry.isFresh { return entry.selection }
        let readAt = ContinuousClock.now
        let selection = try await running.home.selection(of: name)
        entries[name] = Entry(selection: selection, readAt: readAt)
        return selection
    }

    /// The same workspace, open.
    ///
    /// - Throws: ``Failure`` as `RunningHome.workspace(of:)` does.
    func workspace(_ selection: WorkspaceSelection) async throws -> Workspace {
        let name = selection.name
        if let entry = entries[name], entry.isFresh, entry.selection == selection,
            let workspace = entry.workspace
        {
            return workspace
        }
        let workspace = try await running.workspace(of: selection)
        if let entry = entries[name], entry.selection == selection {
            entries[name]?.workspace = workspace
        }
        return workspace
    }
}
