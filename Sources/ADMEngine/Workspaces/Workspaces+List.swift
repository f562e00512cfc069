import ADMCatalog
public import ADMModel
import ADMSystem
import Foundation

extension Workspaces {
    /// All workspaces by name, the broken ones with what is wrong with them.
    ///
    /// Nothing is created. Each is looked at by itself, so that a broken one disturbs no other.
    ///
    /// - Throws: ``Failure`` with `storage` only if the directory of all workspaces cannot be read.
    public func list() async throws(Failure) -> [WorkspaceSummary] {
        var summaries: [WorkspaceSummary] = []
        for entry in try StateFile.names(in: home.workspaces) where !entry.hasPrefix(".") {
            summaries.append(await summary(entry))
        }
        return summaries
    }

    /// One workspace, with what is wrong with it.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    public func show(_ name: WorkspaceName) async throws(Failure) -> WorkspaceSummary {
        try require(name)
        return await summary(name.description)
    }

    private func summary(_ entry: String) async -> WorkspaceSummary {
        let layout = WorkspaceLayout(root: "\(home.workspaces)/\(entry)")
        var summary = WorkspaceSummary(name: entry, layout: layout)
        do throws(Failure) {
            let name = try WorkspaceName(entry)
            guard StateFile.isDirectory(layout.root) else {
                throw Failure(.storage, "\(layout.root) is not a directory", hint: "move it away")
            }
            do throws(Failure) { summary.identity = try identity(of: name) } catch {
                summary.problems.append(error)
            }
            do throws(Failure) {
                summary.directory = try settings(of: name, flags: [:]).directory
            } catch { summary.problems.append(error) }
            summary.jobs = try await jobCounts(layout, summary.identity)
        } catch {
            summary.problems.append(error)
        }
        return summary
    }

    /// How many jobs are in each state; none if there is no database yet, which is not created.
    private func jobCounts(
        _ layout: WorkspaceLayout,
        _ identity: UUID?
    ) async throws(Failure) -> [JobState: Int] {
        let counts = try await lookingAtDatabase(layout, identity: identity) {
            (catalog) async throws(Failure) in
            try await catalog.list.counts()
        }
        return (counts ?? [:]).filter { $0.value > 0 }
    }
}
