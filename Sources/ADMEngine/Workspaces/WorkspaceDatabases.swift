import ADMCatalog
import ADMModel
import ADMSystem
import Foundation

/// The databases of workspaces, for verbs about workspaces: each is open for one short look or change.
struct WorkspaceDatabases: Sendable {
    let files: HomeFiles

    /// Looks at the database of a workspace for as long as `body` runs; nil if no job was ever added.
    ///
    /// Nothing is changed or waited for.
    func looking<Result>(
        at layout: WorkspaceLayout,
        identity: UUID?,
        _ body: (Catalog) async throws(Failure) -> Result
    ) async throws(Failure) -> Result? {
        guard await hasDatabase(layout) else { return nil }
        let catalog = try await Catalog.look(
            layout,
            home: files.layout,
            identity: identity?.uuidString.lowercased(),
            busyTimeout: .milliseconds(500)
        )
        return try await using(catalog, body)
    }

    /// Opens the database of a workspace from which all others are kept out; nil if no job was ever
    /// added.
    ///
    /// A verb about workspaces does not wait long for a foreign program that keeps it locked.
    func alone<Result>(
        in hold: WorkspaceHold,
        _ body: (Catalog) async throws(Failure) -> Result
    ) async throws(Failure) -> Result? {
        guard await hasDatabase(hold.layout) else { return nil }
        let catalog = try await Catalog.open(
            alone: hold.layout,
            home: files.layout,
            busyTimeout: .milliseconds(500)
        )
        return try await using(catalog, body)
    }

    // Asked by name and never opened here: closing the file would drop SQLite's own locks on it.
    private func hasDatabase(_ layout: WorkspaceLayout) async -> Bool {
        await Blocking.run {
            [layout.database, layout.database + "-wal"]
                .contains { FileManager.default.fileExists(atPath: $0) }
        }
    }

    private func using<Result>(
        _ catalog: Catalog,
        _ body: (Catalog) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        do {
            let result = try await body(catalog)
            await catalog.close()
            return result
        } catch {
            await catalog.close()
            throw error
        }
    }

    /// Sees that no process works in a workspace, and keeps all others out for as long as the result
    /// lives.
    ///
    /// Every process that runs jobs or the queue uses its workspace, whether it has a job or not. The
    /// jobs of dead ones are taken back, as at the beginning of every run. A database that cannot be
    /// read has no running jobs that could be lost.
    ///
    /// - Throws: ``Failure`` with `locked` otherwise, which names the processes.
    func requireIdle(_ name: WorkspaceName) async throws(Failure) -> WorkspaceHold {
        let hold: WorkspaceHold
        let layout = files.layout.workspace(name)
        // Short commands are waited for, which blocks the thread.
        let exclusion = try await Blocking.waiting { () throws(Failure) in
            try WorkspaceHold.exclude(layout)
        }
        switch exclusion {
        case .held(let only): hold = only
        case .used(let processes):
            let busy = await seenRunning(name)
            throw WorkspaceDatabases.used(name, by: processes, busy)
        }
        do throws(Failure) {
            // A process of an older adm uses no workspace, but its jobs are in the database.
            let busy = try await runningCount(hold)
            guard busy == 0 else { throw WorkspaceDatabases.used(name, by: [], busy) }
        } catch  where error.code == .databaseDamaged || error.code == .databaseTooNew {
            return hold
        }
        return hold
    }

    private static func used(
        _ name: WorkspaceName,
        by processes: [ProcessDescription],
        _ jobs: Int
    ) -> Failure {
        let who =
            processes.isEmpty
            ? "another process" : processes.prefix(4).map(\.text).joined(separator: " and ")
        let isOne = processes.count < 2
        let work = jobs > 0 ? ", running \(jobs) \(jobs == 1 ? "job" : "jobs") in it" : ""
        return Failure(
            .locked,
            "\(who) \(isOne ? "uses" : "use") the workspace \"\(name)\"\(work)",
            hint: processes.isEmpty
                ? "wait until it has ended, or stop it with Ctrl-C where it runs"
                : "wait until \(isOne ? "it has" : "they have") ended, or stop"
                    + " \(isOne ? "it" : "them") with kill"
                    + " \(processes.map { "\($0.id)" }.joined(separator: " "))"
        )
    }

    private func seenRunning(_ name: WorkspaceName) async -> Int {
        let counts = try? await looking(at: files.layout.workspace(name), identity: nil) {
            (catalog) async throws(Failure) in
            try await catalog.list.counts()
        }
        return (counts?[.running] ?? 0) + (counts?[.finalizing] ?? 0)
    }

    private func runningCount(_ hold: WorkspaceHold) async throws(Failure) -> Int {
        try await alone(in: hold) { (catalog) async throws(Failure) in
            let recovery = try await catalog.control.recover()
            let counts = try await catalog.list.counts()
            let finalizing = (counts[.finalizing] ?? 0) - recovery.finalizing.count
            return (counts[.running] ?? 0) + max(0, finalizing)
        } ?? 0
    }
}
