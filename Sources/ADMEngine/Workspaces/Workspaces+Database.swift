import ADMCatalog
import ADMModel
import Foundation

extension Workspaces {
    /// Opens the database of a workspace for as long as `body` runs; nil where no job was ever added.
    ///
    /// A verb about workspaces does not wait long for a foreign program that keeps it locked.
    func withDatabase<Result>(
        _ layout: WorkspaceLayout,
        _ body: (Catalog) async throws(Failure) -> Result
    ) async throws(Failure) -> Result? {
        // Asked by name and never opened here: closing the file would drop SQLite's own locks on it.
        let files = FileManager.default
        guard
            files.fileExists(atPath: layout.database)
                || files.fileExists(atPath: layout.database + "-wal")
        else { return nil }
        let catalog = try await Catalog.open(layout, home: home, busyTimeout: .milliseconds(500))
        do {
            let result = try await body(catalog)
            await catalog.close()
            return result
        } catch {
            await catalog.close()
            throw error
        }
    }

    /// Sees that no living process runs jobs in a workspace.
    ///
    /// The jobs of dead ones are taken back, as at the beginning of every run. A database that cannot
    /// be read has no running jobs that could be lost.
    ///
    /// - Throws: ``Failure`` with `locked` otherwise.
    func requireIdle(_ name: WorkspaceName) async throws(Failure) {
        let busy: Int
        do {
            busy = try await runningCount(home.workspace(name))
        } catch  where error.code == .databaseDamaged || error.code == .databaseTooNew {
            return
        }
        guard busy == 0 else {
            throw Failure(
                .locked,
                "another process is running \(busy) \(busy == 1 ? "job" : "jobs") in the workspace"
                    + " \"\(name)\"",
                hint: "wait until it has ended, or stop it with Ctrl-C where it runs"
            )
        }
    }

    private func runningCount(_ layout: WorkspaceLayout) async throws(Failure) -> Int {
        try await withDatabase(layout) { (catalog) async throws(Failure) in
            let recovery = try await catalog.recover()
            let counts = try await catalog.counts()
            let finalizing = (counts[.finalizing] ?? 0) - recovery.finalizing.count
            return (counts[.running] ?? 0) + max(0, finalizing)
        } ?? 0
    }
}
