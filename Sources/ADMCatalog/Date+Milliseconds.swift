import ADMModel
import Foundation

extension Date {
    /// Milliseconds since 1970 in UTC, as the database stores a time; one outside of ``known`` is its end.
    var milliseconds: Int64 {
        let known = min(Date.known.upperBound, max(Date.known.lowerBound, self))
        return Int64(saturating: (known.timeIntervalSince1970 * 1000).rounded())
    }

    /// Takes a stored time.
    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// The time as it comes back from the database.
    var inMilliseconds: Date { Date(milliseconds: milliseconds) }
}
