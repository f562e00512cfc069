/// Whether a store of secrets can be used.
public enum StoreState: Sendable, Hashable {
    /// It is open.
    case ready
    /// It is locked; whether it has something cannot be told.
    case locked
    /// There is no keyring yet.
    case empty
    /// The person closed the prompt, or nobody could see it.
    case refused
    /// It did not answer in time.
    case timeout
    /// libsecret is not installed.
    case libraryMissing
    /// There is no bus or no service.
    case unavailable(String)
    /// It is open and does not have what was asked for.
    case notFound

    /// The word for JSON.
    public var word: String {
        switch self {
        case .ready: "ready"
        case .locked: "locked"
        case .empty: "empty"
        case .refused: "refused"
        case .timeout: "timeout"
        case .libraryMissing: "library-missing"
        case .unavailable: "unavailable"
        case .notFound: "not-found"
        }
    }
}
