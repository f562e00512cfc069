import Foundation

/// Notices that the machine's clock was put back.
struct ClockWatch: Sendable {
    private var last: (date: Date, instant: ContinuousClock.Instant)?

    /// Less than this is what a clock that is kept right is put back by.
    private static let tolerance = 1.0

    /// Whether the clock may have been put back since the last look; true at the first one, because it may
    /// have stood ahead in an earlier process.
    mutating func mayHaveGoneBack(
        _ date: Date = Date(),
        at instant: ContinuousClock.Instant = .now
    ) -> Bool {
        defer { last = (date, instant) }
        guard let last else { return true }
        let passed = last.instant.duration(to: instant) / .seconds(1)
        return date.timeIntervalSince(last.date) < passed - ClockWatch.tolerance
    }
}
