package import ADMModel

extension Budget {
    /// A workspace that wants slots.
    package struct Member: Sendable, Hashable {
        /// Its UUID.
        package var id: String
        /// Its name.
        package var name: String
        /// What it may have.
        package var share: WorkspaceShare

        /// Creates a workspace.
        package init(id: String, name: String, share: WorkspaceShare) {
            self.id = id
            self.name = name
            self.share = share
        }
    }
}
