public import ADMModel
import ADMSystem
public import Foundation

/// The workspaces of a home: what `adm ws` does.
extension Home {
    /// The names of all workspaces, sorted.
    ///
    /// - Throws: ``Failure`` with `storage` if their directory cannot be read.
    public func names() async throws(Failure) -> [WorkspaceName] {
        try await blocking { (files) throws(Failure) in try files.names() }
    }

    /// Whether there is a workspace of that name.
    public func exists(_ name: WorkspaceName) async -> Bool {
        await Blocking.run { files.exists(name) }
    }

    /// All workspaces by name, the broken ones with what is wrong with them.
    ///
    /// - Throws: ``Failure`` with `storage` if their directory cannot be read.
    public func list() async throws(Failure) -> [WorkspaceSummary] {
        try await WorkspaceListing(files: files).all()
    }

    /// One workspace, with what is wrong with it.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    public func show(_ name: WorkspaceName) async throws(Failure) -> WorkspaceSummary {
        try await WorkspaceListing(files: files).one(name)
    }

    /// Creates a workspace; its database follows with the first job.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - directory: Where its downloads go, absolute; nil for `~/Downloads/adm/NAME`.
    ///   - template: The shipped profile that it extends.
    ///   - use: Whether to choose it at once, as ``use(_:)`` does.
    /// - Returns: Where its files are, and what choosing it had to say.
    /// - Throws: ``Failure`` with `exists`; with `configuration` for an unknown template; with `usage` for a
    ///   relative directory; with `storage` or `noSpace`, and nothing is left then.
    @discardableResult
    public func create(
        _ name: WorkspaceName,
        directory: String? = nil,
        template: String = "default",
        use: Bool = false
    ) async throws(Failure) -> (workspace: WorkspaceLayout, use: WorkspaceUse?) {
        try await blocking { (files) throws(Failure) in
            try WorkspaceCreation(files: files).create(
                name,
                directory: directory,
                template: template,
                use: use
            )
        }
    }

    /// Gives a workspace another name; its identity, and so its credentials, stay.
    ///
    /// If it is the chosen one, the choice follows. Unfinished jobs stay in the directory where they began; later
    /// ones go where the profile says, which by default follows the name.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; `exists` if the new name is taken; `locked` while a
    ///   process has it open, this one too.
    public func rename(
        _ name: WorkspaceName,
        to newName: WorkspaceName
    ) async throws(Failure) {
        try await WorkspaceRename(files: files).rename(name, to: newName)
    }

    /// Moves a workspace to the trash, where it can be restored from for seven days.
    ///
    /// Its downloads stay unless `deleteFiles` is set. Then the files that adm saved are deleted as far as they are
    /// still what adm put there, and the directory as far as it is empty then.
    ///
    /// - Parameters:
    ///   - name: Which one.
    ///   - deleteFiles: Whether its downloads are deleted too; they do not come back.
    ///   - choice: What the caller itself works in; nil for what the environment or ``use(_:)`` chooses.
    ///   - expected: The identity that a person agreed to remove; nil for any.
    /// - Returns: Where it is now, and what became of its files.
    /// - Throws: ``Failure`` with `workspaceNotFound`, also if another workspace has the name by now; `refused` for
    ///   `default` and for the chosen workspace; `locked` while a process has it open, this one too.
    @discardableResult
    public func remove(
        _ name: WorkspaceName,
        deleteFiles: Bool = false,
        choice: WorkspaceChoice? = nil,
        expecting expected: UUID? = nil
    ) async throws(Failure) -> WorkspaceRemoval {
        try await WorkspaceTrash(files: files).remove(
            name,
            deleteFiles: deleteFiles,
            choice: choice,
            expecting: expected
        )
    }

    /// Sees that a workspace exists and may be removed, before a person is asked.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; `refused` for `default` and for the chosen workspace.
    public func checkRemovable(
        _ name: WorkspaceName,
        choice: WorkspaceChoice? = nil
    ) async throws(Failure) {
        try await blocking { (files) throws(Failure) in
            try WorkspaceTrash(files: files).checkRemovable(name, choice: choice)
        }
    }

    /// The removed workspaces that can be restored, the newest first.
    ///
    /// - Throws: ``Failure`` with `storage` if the trash cannot be read.
    public func trash() async throws(Failure) -> [TrashedWorkspace] {
        try await blocking { (files) throws(Failure) in
            try WorkspaceTrash(files: files).removed()
        }
    }

    /// Restores the workspace that was removed last under a name, under this or another name.
    ///
    /// - Returns: The name it has now.
    /// - Throws: ``Failure`` with `workspaceNotFound` if the trash has none, `exists` if the name is taken.
    @discardableResult
    public func restore(
        _ name: WorkspaceName,
        as newName: WorkspaceName? = nil
    ) async throws(Failure) -> WorkspaceName {
        try await blocking { (files) throws(Failure) in
            try WorkspaceTrash(files: files).restore(name, as: newName)
        }
    }

    /// Chooses the workspace for all who name none.
    ///
    /// - Returns: What was chosen before, and the environment variable that overrides the choice.
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    @discardableResult
    public func use(_ name: WorkspaceName) async throws(Failure) -> WorkspaceUse {
        try await blocking { (files) throws(Failure) in
            try CurrentWorkspace(files: files).use(name)
        }
    }

    /// Chooses the workspace that was chosen before the present one; twice changes nothing.
    ///
    /// - Returns: What was chosen before, and the environment variable that overrides the choice.
    /// - Throws: ``Failure`` with `usage` if there was none, `workspaceNotFound` if it is gone.
    @discardableResult
    public func usePrevious() async throws(Failure) -> WorkspaceUse {
        try await blocking { (files) throws(Failure) in
            try CurrentWorkspace(files: files).usePrevious()
        }
    }
}
