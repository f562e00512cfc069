/// What tells a request from others when it is repeated, because nobody knows whether it had arrived.
public struct RequestKey: Sendable, Hashable {
    /// The key that the caller chose, and who that is.
    public let key: String
    /// What was asked for; the same key with something else is refused.
    public let fingerprint: String

    /// Takes the key and what was asked for.
    public init(key: String, fingerprint: String) {
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What became of a job that was added with a ``RequestKey``.
public enum KeyedOutcome: Sendable, Hashable {
    /// The request came for the first time.
    case first(QueuedJob)
    /// It had come before: this is what came of it then.
    case repeated(QueuedJob)
    /// The key had come before with another request; nothing was added.
    case conflicting

    /// The job; nil if nothing was added.
    public var job: QueuedJob? {
        switch self {
        case .first(let job), .repeated(let job): job
        case .conflicting: nil
        }
    }
}
