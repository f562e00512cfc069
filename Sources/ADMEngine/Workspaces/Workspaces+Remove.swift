import ADMCatalog
public import ADMModel
import ADMSystem
public import Foundation

extension Workspaces {
    /// Moves a workspace to the trash, where it can be brought back from for seven days.
    ///
    /// Its downloads stay unless `deleteFiles` is set. Then the files that adm delivered are deleted
    /// as far as they are still what adm put there, and the directory as far as it is empty then.
    /// They go first: if this is interrupted, the workspace is still there and the same call goes
    /// on.
    ///
    /// - Parameters:
    ///   - name: Which one.
    ///   - deleteFiles: Whether its downloads are deleted too; they do not come back.
    ///   - choice: What the command itself works in, from ``choice(flag:profileFlag:)``.
    ///   - expected: The identity that a person agreed to remove; nil if that was not asked.
    /// - Returns: Where it is now, and what became of its files.
    /// - Throws: ``Failure`` with `workspaceNotFound`, also if another workspace has the name by now;
    ///   `refused` for `default` and for the workspace that commands without a flag work in; `locked`
    ///   while a process works in it, whether or not it has a job.
    @discardableResult
    public func remove(
        _ name: WorkspaceName,
        deleteFiles: Bool = false,
        choice: WorkspaceChoice,
        expecting expected: UUID? = nil
    ) async throws(Failure) -> WorkspaceRemoval {
        try await lockedAcrossWaits { () async throws(Failure) in
            try checkRemovable(name, choice: choice)
            if let expected { try require(expected, under: name) }
            let hold = try await requireIdle(name)
            let sweep = deleteFiles ? try await deleteDownloads(of: name, hold) : DownloadSweep()
            try hold.requireCurrent()
            // First, so that the pointer never names a workspace that is gone.
            let newCurrent = try forget(name)
            return WorkspaceRemoval(
                trashed: try moveToTrash(name),
                deletedFiles: sweep.deleted,
                keptFiles: sweep.kept,
                newCurrent: newCurrent
            )
        }
    }

    /// Sees that a workspace exists and may be removed; a command asks this before it asks a person.
    ///
    /// - Throws: ``Failure`` as ``remove(_:deleteFiles:choice:)`` does.
    public func checkRemovable(_ name: WorkspaceName, choice: WorkspaceChoice) throws(Failure) {
        guard name != .standard else {
            throw Failure(
                .refused,
                "the workspace \"default\" cannot be removed",
                hint: "it is what commands work in when nothing else is chosen;"
                    + " adm ws rename default NAME gives it another name"
            )
        }
        try require(name)
        // A flag that names the very workspace says which one is meant, not that another is current.
        let ambient = choice.name == name ? try choiceWithoutFlags() : choice
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
        let directory = try? settings(of: name, flags: [:]).directory
        let sweep = try await withDatabase(of: hold) { (catalog) async throws(Failure) in
            var sweep = DownloadSweep()
            try await sweep.run(catalog, directory: directory)
            return sweep
        }
        return sweep ?? DownloadSweep()
    }

    private func moveToTrash(_ name: WorkspaceName) throws(Failure) -> TrashedWorkspace {
        try StateFile.makeDirectory(home.trash)
        // What is damaged may be removed too; then the place in the trash gets an identity of its own.
        let identity = (try? identity(of: name)) ?? UUID.random()
        let entry = TrashedWorkspace.entry(name: name, identity: identity, removedAt: now())
        guard let trashed = TrashedWorkspace(entry: entry, in: home.trash) else {
            throw Failure(.unclassified, "the clock stands before 1970")
        }
        try StateFile.move(home.workspace(name).root, to: trashed.path)
        return trashed
    }

    /// Takes a removed workspace out of the pointer; returns what is chosen then.
    private func forget(_ name: WorkspaceName) throws(Failure) -> WorkspaceName? {
        guard let pointer = try? CurrentPointer.read(home) else { return nil }
        guard pointer.current == name else {
            if pointer.previous == name {
                var rest = pointer
                rest.previous = nil
                try rest.write(home)
            }
            return nil
        }
        let next = pointer.previous.flatMap { exists($0) ? $0 : nil } ?? .standard
        try CurrentPointer(
            current: next,
            identity: try? identity(of: next),
            previous: nil
        ).write(home)
        return next
    }
}
