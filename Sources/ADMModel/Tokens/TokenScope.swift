/// What the holder of an access token may do; each scope allows what the ones before it allow.
public enum TokenScope: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Looks at jobs, workspaces, settings, the budget and events, and changes nothing.
    case read
    /// Also adds jobs and acts on them: pauses, resumes, cancels, changes and removes them.
    case submit
    /// Everything.
    case admin

    private var rank: Int {
        switch self {
        case .read: 0
        case .submit: 1
        case .admin: 2
        }
    }

    /// Whether the right scope allows more.
    public static func < (left: TokenScope, right: TokenScope) -> Bool { left.rank < right.rank }
}
