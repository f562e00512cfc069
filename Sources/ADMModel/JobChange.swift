public import Foundation

/// What of a waiting job changes; what is nil or empty stays.
public struct JobChange: Sendable, Hashable {
    /// Its priority.
    public var priority: Int?
    /// When it may begin.
    public var runAt: Date?
    /// Settings of its own that replace those it had.
    public var settings = JobSettings()
    /// Where it is saved; only as long as it has no bytes.
    public var directory: String?
    /// The name it is saved under; only as long as it has no bytes.
    public var fileName: String?
    /// Words to mark it with.
    public var addedTags: [String] = []
    /// Words to take from it.
    public var removedTags: [String] = []

    /// Changes nothing.
    public init() {}

    /// Whether it may be made while the job runs: nothing but its speed limit changes.
    package var isForRunning: Bool {
        var rest = settings
        rest.limitRate = nil
        return settings.limitRate != nil && rest.isEmpty && priority == nil && runAt == nil
            && directory == nil && fileName == nil && addedTags.isEmpty && removedTags.isEmpty
    }
}
