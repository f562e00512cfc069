import ADMCatalog
import ADMModel
import ADMSystem
import Foundation

/// The trash: workspaces that were removed, and can be restored for seven days.
struct WorkspaceTrash: Sendable {
    let files: HomeFiles

    /// Moves a workspace to the trash, where it can be restored from for seven days.
    ///
    /// Its downloads stay unless `deleteFiles` is set. Then the files that adm delivered are deleted
    /// as far as they are still what adm put there, and the directory as far as it is empty then.
    /// They go first: if this is interrupted, the workspace is still there and the same call goes
    /// on.
    ///
    /// - Parameters:
    ///   - name: Which one.
    ///   - deleteFiles: Whether its downloads are deleted too; they do not come back.
    ///   - choice: What the caller itself works in; nil for what the environment or `adm ws use` chooses.
    ///   - expected: The identity that a person agreed to remove; nil if that was not asked.
    /// - Returns: Where it is now, and what became of its files.
    /// - Throws: ``Failure`` with `workspaceNotFound`, also if another workspace has the name by now;
    ///   `refused` for `default` and for the workspace that commands without a flag work in; `locked`
    ///   while a process works in it, whether or not it has a job.
    func remove(
        _ name: WorkspaceName,
        deleteFiles: Bool,
        choice: WorkspaceChoice?,
        expecting expected: UUID?
    ) async throws(Failure) -> WorkspaceRemoval {
        try await files.lockedAcrossWaits { () async throws(Failure) in
            try await Blocking.run { () throws(Failure) in
                try checkRemovable(name, choice: choice)
                if let expected { try files.require(expected, under: name) }
            }
            let hold = try await WorkspaceDatabases(files: files).requireIdle(name)
            let sweep = deleteFiles ? try await deleteDownloads(of: name, hold) : DownloadSweep()
            return try await Blocking.run { () throws(Failure) in
                try hold.requireCurrent()
                // First, so that the pointer never names a workspace that is gone.
                let newCurrent = try CurrentWorkspace(files: files).forget(name)
                return WorkspaceRemoval(
                    trashed: try moveToTrash(name),
                    deletedFiles: sweep.deleted,
                    keptFiles: sweep.kept,
                    newCurrent: newCurrent
                )
            }
        }
    }

    /// Sees that a workspace exists and may be removed.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; with `refused` for `default` and for the workspace that
    ///   commands without a flag work in.
    func checkRemovable(_ name: WorkspaceName, choice: WorkspaceChoice?) throws(Failure) {
        guard name != .standard else {
            throw Failure(
                .refused,
                "the workspace \"default\" cannot be removed",
                hint: "it is what commands work in when nothing else is chosen;"
                    + " adm ws rename default NAME gives it another name"
            )
        }
        try files.require(name)
        // Who names the very workspace says which one is meant, not that another is current.
        let ambient =
            if let choice, choice.name != name { choice } else {
                try WorkspaceSelector(files: files).choice()
            }
        guard ambient.name != name else {
            let isVariable = ambient.origin != .pointer
            throw Failure(
                .refused,
                "\"\(name)\" is the current workspace (from \(ambient.origin))",
                hint: isVariable
                    ? "unset \(ambient.origin) first"
                    : "choose another one first, for example adm ws use default"
            )
        }
    }

    private func deleteDownloads(
        of name: WorkspaceName,
        _ hold: WorkspaceHold
    ) async throws(Failure) -> DownloadSweep {
        let directory = await Blocking.run {
            try? SettingsReader(files: files).settings(of: name).directory
        }
        let sweep = try await WorkspaceDatabases(files: files).alone(in: hold) {
            (catalog) async throws(Failure) in
            var sweep = DownloadSweep()
            try await sweep.run(catalog, directory: directory)
            return sweep
        }
        return sweep ?? DownloadSweep()
    }

    private func moveToTrash(_ name: WorkspaceName) throws(Failure) -> TrashedWorkspace {
        try StateFile.makeDirectory(files.layout.trash)
        // What is damaged may be removed too; then the place in the trash gets an identity of its own.
        let identity = (try? files.identity(of: name)) ?? UUID.random()
        let entry = TrashedWorkspace.entry(name: name, identity: identity, removedAt: files.now())
        guard let trashed = TrashedWorkspace(entry: entry, in: files.layout.trash) else {
            throw Failure(.unclassified, "the clock stands before 1970")
        }
        try StateFile.move(files.layout.workspace(name).root, to: trashed.path)
        return trashed
    }

    /// The removed workspaces that can be restored, the newest first.
    func removed() throws(Failure) -> [TrashedWorkspace] {
        try StateFile.names(in: files.layout.trash)
            .compactMap { TrashedWorkspace(entry: $0, in: files.layout.trash) }
            .filter { $0.expiresAt > files.now() }
            .sorted { ($1.removedAt, $0.name) < ($0.removedAt, $1.name) }
    }

    /// Restores the workspace that was removed last under this name.
    ///
    /// - Parameters:
    ///   - name: Its name before it was removed.
    ///   - newName: The name it gets; nil for the old one.
    /// - Returns: The name it has now.
    /// - Throws: ``Failure`` with `workspaceNotFound` if the trash has none, `exists` if the name
    ///   is taken.
    func restore(
        _ name: WorkspaceName,
        as newName: WorkspaceName?
    ) throws(Failure) -> WorkspaceName {
        let target = newName ?? name
        return try files.locked { () throws(Failure) in
            let candidates = try removed()
            guard let newest = candidates.first(where: { $0.name == name.description }) else {
                let nearest = NearestWord.to(name.description, in: candidates.map(\.name))
                throw Failure(
                    .workspaceNotFound,
                    "there is no removed workspace \"\(name)\"",
                    hint: nearest.map { "did you mean \($0)?" }
                        ?? "adm ws list --trash shows what can be brought back"
                )
            }
            guard !files.exists(target) else {
                throw Failure(
                    .exists,
                    "there is a workspace \"\(target)\" already",
                    hint: "bring it back under another name: adm ws restore \(name) --as NEWNAME"
                )
            }
            try StateFile.move(newest.path, to: files.layout.workspace(target).root)
            return target
        }
    }

    /// Deletes what was removed more than seven days ago.
    ///
    /// An entry loses its name before its files, so that a process killed in between leaves nothing
    /// that could be brought back in part.
    func empty() throws(Failure) {
        let manager = FileManager.default
        for entry in try StateFile.names(in: files.layout.trash) {
            let path = "\(files.layout.trash)/\(entry)"
            if entry.hasPrefix(WorkspaceTrash.deletedPrefix) {
                try? manager.removeItem(atPath: path)
                continue
            }
            guard let removed = TrashedWorkspace(entry: entry, in: files.layout.trash),
                removed.expiresAt <= files.now()
            else { continue }
            let doomed =
                files.layout.trash + "/" + WorkspaceTrash.deletedPrefix
                + UUID.random().uuidString
            try StateFile.move(path, to: doomed)
            try? manager.removeItem(atPath: doomed)
        }
    }

    private static let deletedPrefix = ".gone-"
}
