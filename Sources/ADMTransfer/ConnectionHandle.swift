import NIOConcurrencyHelpers

/// The life sign of one connection, and the way to end it from outside.
package final class ConnectionHandle: Sendable {
    private struct State {
        let begin = ContinuousClock.now
        var lastActivity = ContinuousClock.now
        var answeredAfter: Duration?
        var isPaused = false
        var end: (@Sendable (any Error) -> Void)?
        var reason: (any Error)?
    }

    private let state = NIOLockedValueBox(State())

    /// A connection that has just begun.
    package init() {}

    /// Notes that something arrived, or that silence is intended until `instant`.
    func touch(until instant: ContinuousClock.Instant = .now) {
        state.withLockedValue { $0.lastActivity = max($0.lastActivity, instant) }
    }

    /// How long it took from the wish to connect to the first answer; nil before it.
    package var answeredAfter: Duration? { state.withLockedValue(\.answeredAfter) }

    /// The head of an answer came: silence does not count from now on.
    func pause() {
        state.withLockedValue { state in
            state.isPaused = true
            state.answeredAfter = state.answeredAfter ?? state.begin.duration(to: .now)
        }
    }

    /// Silence counts again, beginning now.
    func resume() {
        state.withLockedValue { state in
            state.isPaused = false
            state.lastActivity = .now
        }
    }

    /// How long nothing arrived.
    package func silence(at now: ContinuousClock.Instant) -> Duration {
        state.withLockedValue { $0.isPaused ? .zero : $0.lastActivity.duration(to: now) }
    }

    /// Says how the running request is ended; a reason that was given before is applied at once.
    func attach(_ end: @escaping @Sendable (any Error) -> Void) {
        let reason = state.withLockedValue { state -> (any Error)? in
            state.end = end
            return state.reason
        }
        if let reason { end(reason) }
    }

    /// The request is over; another one may follow.
    func detach() { state.withLockedValue { $0.end = nil } }

    /// Why the request is to end; nil as long as nobody wants that.
    var endReason: (any Error)? { state.withLockedValue(\.reason) }

    /// Ends the request with an error, now or as soon as it is attached.
    package func fail(_ reason: any Error) {
        let end = state.withLockedValue { state in
            state.reason = state.reason ?? reason
            return state.end
        }
        end?(reason)
    }
}
