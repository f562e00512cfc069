package import Foundation

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-23T12:00:00.123Z`.
package enum DateText {
    /// The moment, rounded to the nearest millisecond; one outside of ``Foundation/Date/known`` is its end.
    package static func text(_ date: Date) -> String {
        let milliseconds = Int64(
            saturating: (date.nearestKnown.timeIntervalSince1970 * 1000).rounded()
        )
        // Before 1970 there are negative numbers; each has its milliseconds nevertheless.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        let seconds = milliseconds.subtracting(saturating: fraction) / 1000
        let time = LocalTime(Date(timeIntervalSince1970: Double(seconds)), offset: 0)
        let (hour, minute, second) = (time.second / 3600, time.second / 60 % 60, time.second % 60)
        let two = LocalTime.twoDigits
        return "\(time.day)T\(two(hour)):\(two(minute)):\(two(second)).\(fraction / 100)"
            + "\(two(Int(fraction % 100)))Z"
    }
}
