import ADMModel
import Foundation
import Glibc

extension Date {
    /// The date and time in this machine's time zone, as people read it: `2026-11-23 14:05:09`.
    var shown: String {
        // What lies outside of the calendar is shown as its end.
        var seconds = time_t(nearestKnown.timeIntervalSince1970.rounded(.down))
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        let date = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
        let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        let digits = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        return date.map(digits).joined(separator: "-") + " "
            + time.map(digits).joined(separator: ":")
    }
}
