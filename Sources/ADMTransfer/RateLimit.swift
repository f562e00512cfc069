import NIOConcurrencyHelpers

/// A speed limit shared by the connections of a transfer: every byte is paid for in time.
package final class RateLimit: Sendable {
    private let bytesPerSecond: Double
    private let paidUntil: NIOLockedValueBox<ContinuousClock.Instant>

    /// Limits to a number of bytes a second, which must be above 0.
    package init(bytesPerSecond: Int64, now: ContinuousClock.Instant = .now) {
        precondition(bytesPerSecond > 0, "a rate limit is above zero")
        self.bytesPerSecond = Double(bytesPerSecond)
        paidUntil = NIOLockedValueBox(now)
    }

    /// Pays for bytes that arrived.
    ///
    /// Up to a tenth of a second that was not used is kept.
    ///
    /// - Returns: How long to wait before reading on; nil for not at all.
    package func pay(for count: Int, now: ContinuousClock.Instant = .now) -> Duration? {
        paidUntil.withLockedValue { paidUntil in
            let start = max(paidUntil, now.advanced(by: .milliseconds(-100)))
            paidUntil = start.advanced(by: .seconds(Double(count) / bytesPerSecond))
            let wait = now.duration(to: paidUntil)
            return wait > .zero ? wait : nil
        }
    }
}
