public import ADMModel

/// What choosing a workspace changed, and whether the choice counts where it was made.
public struct WorkspaceUse: Sendable, Hashable {
    /// The workspace that is chosen now.
    public let name: WorkspaceName
    /// The one that was chosen before.
    public let previous: WorkspaceName
    /// The environment variable that still names another workspace here; nil when none does.
    public let overriddenBy: String?
    /// The workspace that this variable names.
    public let overridingName: String?
}
