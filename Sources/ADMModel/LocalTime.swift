public import Foundation
import Glibc

/// A date and a time of day in this machine's time zone: that of the variable `TZ`, else of
/// `/etc/localtime`, as the C library and date(1) have it.
///
/// Every time that a person writes or reads without a zone goes through it, so that there is one zone for
/// both.
public struct LocalTime: Sendable, Hashable, CustomStringConvertible {
    /// The date.
    public let day: CalendarDay
    /// The time of day, in seconds after midnight.
    public let second: Int

    /// The local time of a moment.
    public init(_ date: Date) {
        // The zone of the machine may have changed since the process began.
        tzset()
        let seconds = LocalTime.seconds(date)
        self.init(local: seconds + LocalTime.offset(at: seconds))
    }

    /// The local time of a moment, given how many seconds the clocks are ahead of UTC.
    public init(_ date: Date, offset: Int) {
        self.init(local: LocalTime.seconds(date).adding(saturating: Int64(offset)))
    }

    /// Takes the seconds that UTC would have then.
    private init(local: Int64) {
        // Before 1970 there are negative days; each has its hours nevertheless.
        let second = (local % 86_400 + 86_400) % 86_400
        day = CalendarDay(number: local.subtracting(saturating: second) / 86_400)
        self.second = Int(second)
    }

    /// `2026-11-23 14:05:09`.
    public var description: String {
        let time = [second / 3600, second / 60 % 60, second % 60].map(LocalTime.twoDigits)
        return "\(day) " + time.joined(separator: ":")
    }

    static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: - Moments

    /// The moments at which the clocks here show a time of a day, in order.
    ///
    /// Usually that is one. It is two if the clocks are put back over that time, and if they are put forward
    /// over it, it is the moment at which that happens: the first at which they show a later time.
    public static func moments(on day: CalendarDay, second: Int) -> [Date] {
        tzset()
        let local = day.number.multiplied(saturating: 86_400).adding(saturating: Int64(second))
        return moments(local).map { Date(timeIntervalSince1970: Double($0)) }
    }

    /// The next moment at which the clocks here show a time of day, as ``moments(on:second:)`` says.
    public static func next(second: Int, after now: Date) -> Date? {
        let today = LocalTime(now).day.number
        for number in today...today + 2 {
            let moments = moments(on: CalendarDay(number: number), second: second)
            if let next = moments.first(where: { $0 > now }) { return next }
        }
        return nil
    }

    /// No zone is further from UTC than this, in seconds.
    private static let reach: Int64 = 26 * 3600

    private static func moments(_ local: Int64) -> [Int64] {
        guard (-1_000_000_000_000...1_000_000_000_000).contains(local) else { return [] }
        let offsets = Set([local - reach, local, local + reach].map(offset(at:)))
        let exact = offsets.map { local - $0 }.filter { $0 + offset(at: $0) == local }
        guard exact.isEmpty else { return exact.sorted() }
        var (before, after) = (local - reach, local + reach)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if middle + offset(at: middle) < local { before = middle } else { after = middle }
        }
        return [after]
    }

    private static func seconds(_ date: Date) -> Int64 {
        Int64(saturating: date.nearestKnown.timeIntervalSince1970.rounded(.down))
    }

    /// How many seconds the clocks here are ahead of UTC at a moment (localtime_r(3)).
    private static func offset(at seconds: Int64) -> Int64 {
        var time = time_t(seconds)
        var parts = unsafe tm()
        guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
        return Int64(unsafe parts.tm_gmtoff)
    }
}

extension Date {
    /// The date and time in this machine's time zone, as people read it: `2026-11-23 14:05:09`.
    ///
    /// What lies outside of ``known`` is shown as its end.
    public var shown: String { LocalTime(self).description }
}
