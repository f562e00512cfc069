/// How statistics are grouped.
public enum StatisticsGrouping: String, Sendable, Hashable, CaseIterable {
    /// A group for each workspace.
    case workspace
    /// A group for each host.
    case host
    /// A group for each day, in this machine's time zone.
    case day
}
