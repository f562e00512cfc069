import NIOConcurrencyHelpers

/// A speed limit shared by connections: every byte is paid for in time.
///
/// The limit may change, and be lifted, while bytes arrive.
package final class RateLimit: Sendable {
    private struct State: Sendable {
        var bytesPerSecond: Int64
        var paidUntil: ContinuousClock.Instant
    }

    private let state: NIOLockedValueBox<State>

    /// Limits to a number of bytes a second; 0 for no limit.
    package init(bytesPerSecond: Int64, now: ContinuousClock.Instant = .now) {
        state = NIOLockedValueBox(State(bytesPerSecond: bytesPerSecond, paidUntil: now))
    }

    /// The bytes a second; 0 for no limit.
    package var bytesPerSecond: Int64 {
        get { state.withLockedValue { $0.bytesPerSecond } }
        set { state.withLockedValue { $0.bytesPerSecond = newValue } }
    }

    /// Pays for bytes that arrived.
    ///
    /// Up to a tenth of a second that was not used is kept.
    ///
    /// - Returns: How long to wait before reading on; nil for not at all.
    package func pay(for count: Int, now: ContinuousClock.Instant = .now) -> Duration? {
        state.withLockedValue { state in
            guard state.bytesPerSecond > 0 else { return nil }
            let start = max(state.paidUntil, now.advanced(by: .milliseconds(-100)))
            let price = Duration.seconds(Double(count) / Double(state.bytesPerSecond))
            state.paidUntil = start.advanced(by: price)
            let wait = now.duration(to: state.paidUntil)
            return wait > .zero ? wait : nil
        }
    }
}
