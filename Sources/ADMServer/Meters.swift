import Synchronization

/// What the daemon counts for those who watch it.
final class Meters: Sendable {
    /// Answers by operation and status.
    struct Key: Hashable, Sendable {
        let operation: String
        let method: String
        let status: Int
    }

    private struct State: Sendable {
        var requests: [Key: Int64] = [:]
        var streams = 0
    }

    private let state = Mutex(State())

    /// Counts an answer; `operation` is one of the API's, so that there are not too many.
    func answered(_ operation: String, method: String, status: Int) {
        state.withLock { state in
            state.requests[Key(operation: operation, method: method, status: status), default: 0] +=
                1
        }
    }

    /// A client follows events from now on, or not any more.
    func streaming(_ change: Int) { state.withLock { $0.streams += change } }

    /// The counts.
    var requests: [Key: Int64] { state.withLock { $0.requests } }
    /// How many clients follow events.
    var streams: Int { state.withLock { $0.streams } }
}
