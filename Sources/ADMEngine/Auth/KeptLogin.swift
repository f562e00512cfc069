public import ADMModel

/// What became of a login that stood in a URL.
public enum KeptLogin: Sendable {
    /// It is in a store of the workspace.
    case saved(SavedLogin)
    /// It is used in this run alone, and why it was not kept.
    case lent(because: String)
}
