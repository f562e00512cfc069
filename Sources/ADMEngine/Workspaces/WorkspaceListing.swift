import ADMCatalog
import ADMModel
import ADMSystem

/// Looks at workspaces for a list, the broken ones too, and creates nothing.
struct WorkspaceListing: Sendable {
    let files: HomeFiles

    /// What the files of a workspace say.
    private struct Sight: Sendable {
        var summary: WorkspaceSummary
        /// Whether it can have jobs at all.
        var isWorkspace = false
    }

    /// All workspaces by name, the broken ones with what is wrong with them.
    ///
    /// Each is looked at by itself, so that a broken one disturbs no other.
    ///
    /// - Throws: ``Failure`` with `storage` only if the directory of all workspaces cannot be read.
    func all() async throws(Failure) -> [WorkspaceSummary] {
        let sights = try await Blocking.run { () throws(Failure) in
            try StateFile.names(in: files.layout.workspaces).filter { !$0.hasPrefix(".") }
                .map(look)
        }
        var summaries: [WorkspaceSummary] = []
        for sight in sights { summaries.append(await summary(sight)) }
        return summaries
    }

    /// One workspace, with what is wrong with it.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    func one(_ name: WorkspaceName) async throws(Failure) -> WorkspaceSummary {
        let sight = try await Blocking.run { () throws(Failure) in
            try files.require(name)
            return look(name.description)
        }
        return await summary(sight)
    }

    private func look(_ entry: String) -> Sight {
        let layout = WorkspaceLayout(root: "\(files.layout.workspaces)/\(entry)")
        var sight = Sight(summary: WorkspaceSummary(name: entry, layout: layout))
        do throws(Failure) {
            let name = try WorkspaceName(entry)
            guard StateFile.isDirectory(layout.root) else {
                throw Failure(.storage, "\(layout.root) is not a directory", hint: "move it away")
            }
            sight.isWorkspace = true
            do throws(Failure) { sight.summary.identity = try files.identity(of: name) } catch {
                sight.summary.problems.append(error)
            }
            sight.summary.directory = try SettingsReader(files: files).settings(of: name).directory
        } catch {
            sight.summary.problems.append(error)
        }
        return sight
    }

    /// Adds how many jobs are in each state; none if there is no database yet.
    private func summary(_ sight: Sight) async -> WorkspaceSummary {
        var summary = sight.summary
        guard sight.isWorkspace else { return summary }
        do throws(Failure) {
            let counts = try await WorkspaceDatabases(files: files).looking(
                at: summary.layout,
                identity: summary.identity
            ) { (catalog) async throws(Failure) in
                try await catalog.list.counts()
            }
            summary.jobs = (counts ?? [:]).filter { $0.value > 0 }
        } catch {
            summary.problems.append(error)
        }
        return summary
    }
}
