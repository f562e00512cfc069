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
        let (year, month, day) = time.day.fields
        var text = Digits()
        text.add(year, 4, before: "-")
        text.add(month, 2, before: "-")
        text.add(day, 2, before: "T")
        text.add(time.second / 3600, 2, before: ":")
        text.add(time.second / 60 % 60, 2, before: ":")
        text.add(time.second % 60, 2, before: ".")
        text.add(Int(fraction), 3, before: "Z")
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Numbers with a fixed count of digits each; lists of jobs have four moments for each of them.
    private struct Digits {
        private(set) var bytes: [UInt8] = []

        init() { bytes.reserveCapacity(24) }

        mutating func add(_ number: Int, _ count: Int, before mark: Unicode.Scalar) {
            var divisor = count == 4 ? 1000 : count == 3 ? 100 : 10
            while divisor > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                divisor /= 10
            }
            bytes.append(UInt8(ascii: mark))
        }
    }
}
