import NIOConcurrencyHelpers
import NIOCore

/// One request on its way, from the wish to its end.
///
/// It may be ended from outside at any time: while a connection is made for it, and on the connection.
final class RequestTask: Sendable {
    /// What is sent.
    let request: Request
    /// What takes the answer.
    let receiver: BodyReceiver

    private struct State {
        var reason: (any Error)?
        var hasEnded = false
        /// Ends the request on its connection.
        var cancel: (@Sendable (any Error) -> Void)?
        var end: CheckedContinuation<Void, any Error>?
        var result: Result<Void, any Error>?
        var carrier = Carrier.new
    }

    /// What carries a request, which says whether it may be sent again.
    enum Carrier {
        /// A connection that was made for it.
        case new
        /// A connection that has rested, and that the server may have closed in the meantime.
        case rested
        /// A stream of an HTTP/2 connection.
        case shared
    }

    private let state = NIOLockedValueBox(State())

    /// A request that nobody carries yet.
    init(_ request: Request, receiver: BodyReceiver) {
        self.request = request
        self.receiver = receiver
    }

    /// What carries it, or was to carry it.
    var carrier: Carrier {
        get { state.withLockedValue(\.carrier) }
        set { state.withLockedValue { $0.carrier = newValue } }
    }

    /// A connection takes the request over; `cancel` ends it there.
    ///
    /// - Returns: Whether it is still wanted.
    func begin(cancel: @escaping @Sendable (any Error) -> Void) -> Bool {
        state.withLockedValue { state in
            guard !state.hasEnded else { return false }
            state.cancel = cancel
            return true
        }
    }

    /// Ends the request from outside; the first reason counts.
    func fail(_ reason: any Error) {
        let cancel = state.withLockedValue { state in state.cancel }
        if let cancel { cancel(reason) } else { end(.failure(reason)) }
    }

    /// The request is over; only the first end counts.
    func end(_ result: Result<Void, any Error>) {
        let waiting = state.withLockedValue { state -> CheckedContinuation<Void, any Error>? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            state.result = result
            state.cancel = nil
            defer { state.end = nil }
            return state.end
        }
        waiting?.resume(with: result)
    }

    /// Waits for the end.
    ///
    /// - Throws: What the request ended with.
    func wait() async throws {
        try await withCheckedThrowingContinuation {
            (waiting: CheckedContinuation<Void, any Error>) in
            let result = state.withLockedValue { state -> Result<Void, any Error>? in
                if state.result == nil { state.end = waiting }
                return state.result
            }
            if let result { waiting.resume(with: result) }
        }
    }
}
