import ADMModel
import Foundation

extension Date {
    /// Milliseconds since 1970 in UTC, as the database stores a time; one outside of ``known`` is its end.
    var milliseconds: Int64 {
        Int64(saturating: (nearestKnown.timeIntervalSince1970 * 1000).rounded())
    }

    /// Takes a stored time.
    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// The time as it comes back from the database.
    var inMilliseconds: Date { Date(milliseconds: milliseconds) }
}
