import ADMModel
import Foundation

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-23T12:00:00.123Z`.
enum Timestamp {
    /// The moment, rounded to the nearest millisecond.
    static func text(_ date: Date) -> String {
        // The formatter cuts off what is below a millisecond, and 0.123 is stored as 0.12299….
        let milliseconds = (date.nearestKnown.timeIntervalSince1970 * 1000).rounded()
        let date = Date(timeIntervalSince1970: (milliseconds + 0.5) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
