public import Foundation

/// A job on its way in: what to fetch, and when.
///
/// Every way in makes one of these: options, lines of a list, JSON, a Metalink, the library.
///
/// ```swift
/// var draft = JobDraft(try SourceURL("https://example.org/a.iso"))
/// draft.request.checksum = try Checksum(parsing: "sha256:…")
/// draft.request.settings.retries = 3
/// ```
public struct JobDraft: Sendable, Hashable {
    /// What to fetch.
    public var request: JobRequest
    /// When it may begin; nil for at once.
    public var runAt: Date?
    /// The number of the job that must have succeeded before it begins.
    public var after: Int64?
    /// Words to find it by.
    public var tags: [String]
    /// Whether it is not added if the same thing was fetched successfully before.
    public var isUnique: Bool

    /// Creates a draft of a request.
    public init(
        _ request: JobRequest,
        runAt: Date? = nil,
        after: Int64? = nil,
        tags: [String] = [],
        isUnique: Bool = false
    ) {
        self.request = request
        self.runAt = runAt
        self.after = after
        self.tags = tags
        self.isUnique = isUnique
    }

    /// Creates a draft of a download that begins as soon as it may.
    public init(_ url: SourceURL, options: JobOptions = JobOptions()) {
        self.init(JobRequest(url: url, options: options))
    }
}
