public import ADMModel

/// What the removal of a workspace did.
public struct WorkspaceRemoval: Sendable, Hashable {
    /// Where it lies until it is deleted for good.
    public let trashed: TrashedWorkspace
    /// The downloads that were deleted with it.
    public let deletedFiles: [String]
    /// The downloads that should have been deleted and are still there.
    public let keptFiles: [KeptFile]
    /// What is chosen now, if `adm ws use` had chosen the removed one.
    public let newCurrent: WorkspaceName?

    /// A download that was not deleted.
    public struct KeptFile: Sendable, Hashable {
        /// Where it is.
        public let path: String
        /// Why it was not deleted.
        public let reason: String
    }
}
