public import ADMModel
import ADMSystem
public import Foundation

/// The workspaces of a home: what `adm ws` does. Files are read and written, and locks waited for, on threads
/// where that holds up nobody.
extension Home {
    /// The names of all workspaces, sorted.
    ///
    /// - Throws: ``Failure`` with `storage` if their directory cannot be read.
    public func names() async throws(Failure) -> [WorkspaceName] {
        try await blocking { (workspaces) throws(Failure) in try workspaces.names() }
    }

    /// All workspaces by name, the broken ones with what is wrong with them.
    ///
    /// - Throws: ``Failure`` with `storage` if their directory cannot be read.
    public func list() async throws(Failure) -> [WorkspaceSummary] { try await workspaces.list() }

    /// One workspace, with what is wrong with it.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    public func show(_ name: WorkspaceName) async throws(Failure) -> WorkspaceSummary {
        try await workspaces.show(name)
    }

    /// Creates a workspace; its database follows with the first job.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - directory: Where its downloads go, absolute; nil for `~/Downloads/adm/NAME`.
    ///   - template: The shipped profile that it extends.
    /// - Returns: Where its files are.
    /// - Throws: ``Failure`` with `exists`; with `configuration` for an unknown template; with `usage` for a
    ///   relative directory; with `storage` or `noSpace`, and nothing is left then.
    @discardableResult
    public func create(
        _ name: WorkspaceName,
        directory: String? = nil,
        template: String = "default"
    ) async throws(Failure) -> WorkspaceLayout {
        try await blocking { (workspaces) throws(Failure) in
            try workspaces.create(name, directory: directory, template: template).workspace
        }
    }

    /// Gives a workspace another name; its identity, and so its credentials, stay.
    ///
    /// - Throws: ``Failure`` with `workspaceNotFound`; `exists` if the new name is taken; `locked` while a
    ///   process has it open, this one too.
    public func rename(
        _ name: WorkspaceName,
        to newName: WorkspaceName
    ) async throws(Failure) {
        try await workspaces.rename(name, to: newName)
    }

    /// Moves a workspace to the trash, where it can be restored from for seven days.
    ///
    /// - Parameters:
    ///   - name: Which one.
    ///   - deleteFiles: Whether its downloads are deleted too; they do not come back.
    ///   - expected: The identity that a person agreed to remove; nil for any.
    /// - Returns: Where it is now, and what became of its files.
    /// - Throws: ``Failure`` with `workspaceNotFound`; `refused` for `default` and for the chosen workspace;
    ///   `locked` while a process has it open, this one too.
    @discardableResult
    public func remove(
        _ name: WorkspaceName,
        deleteFiles: Bool = false,
        expecting expected: UUID? = nil
    ) async throws(Failure) -> WorkspaceRemoval {
        let choice = try await blocking { (workspaces) throws(Failure) in
            try workspaces.choiceWithoutFlags()
        }
        return try await workspaces.remove(
            name,
            deleteFiles: deleteFiles,
            choice: choice,
            expecting: expected
        )
    }

    /// The removed workspaces that can be restored, the newest first.
    ///
    /// - Throws: ``Failure`` with `storage` if the trash cannot be read.
    public func trash() async throws(Failure) -> [TrashedWorkspace] {
        try await blocking { (workspaces) throws(Failure) in try workspaces.trash() }
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
        try await blocking { (workspaces) throws(Failure) in
            try workspaces.restore(name, as: newName)
        }
    }

    /// Chooses the workspace for all who name none.
    ///
    /// - Returns: What was chosen before, and the environment variable that overrides the choice.
    /// - Throws: ``Failure`` with `workspaceNotFound` and the nearest name.
    @discardableResult
    public func use(_ name: WorkspaceName) async throws(Failure) -> WorkspaceUse {
        try await blocking { (workspaces) throws(Failure) in try workspaces.use(name) }
    }

    /// Does file work off the pool that tasks share.
    func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (Workspaces) throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let workspaces = workspaces
        return try await Blocking.run { () throws(Failure) in try body(workspaces) }
    }
}
