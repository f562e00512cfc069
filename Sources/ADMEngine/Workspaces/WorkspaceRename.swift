import ADMCatalog
import ADMModel
import ADMSystem

/// Gives workspaces other names.
struct WorkspaceRename: Sendable {
    let files: HomeFiles

    /// Gives a workspace another name; its identity, and so its credentials, stay.
    ///
    /// If it is the chosen one, the choice follows. Unfinished jobs stay in the directory where
    /// they began; later ones go where the profile says, which by default follows the name.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; `exists` if the new name is taken; `locked`
    ///   while a process works in it, whether or not it has a job.
    func rename(_ name: WorkspaceName, to newName: WorkspaceName) async throws(Failure) {
        let files = files
        try await files.lockedAcrossWaits { () async throws(Failure) in
            try await Blocking.run { () throws(Failure) in
                try files.require(name)
                guard name == newName || !files.exists(newName) else {
                    throw Failure(.exists, "there is a workspace \"\(newName)\" already")
                }
            }
            guard name != newName else { return }
            let hold = try await WorkspaceDatabases(files: files).requireIdle(name)
            try await Blocking.run { () throws(Failure) in
                let layout = files.layout
                try CurrentWorkspace(files: files).follow(name, to: newName) {
                    () throws(Failure) in
                    try hold.requireCurrent()
                    try StateFile.move(
                        layout.workspace(name).root,
                        to: layout.workspace(newName).root
                    )
                }
            }
        }
    }
}
