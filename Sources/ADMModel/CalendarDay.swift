/// A day of the Gregorian calendar, without a time zone.
public struct CalendarDay: Sendable, Hashable, CustomStringConvertible {
    /// How many days after 1 January 1970 it is.
    public let number: Int64

    /// Takes the number of days after 1 January 1970.
    public init(number: Int64) { self.number = number }

    /// Creates a day from a date; nil if the calendar does not have it, and outside of the years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        // Years that begin with March have their leap day at their end.
        let shifted = Int64(month > 2 ? year : year - 1)
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        self.init(number: days - CalendarDay.epoch)
        let known = fields
        guard known.year == year, known.month == month, known.day == day else { return nil }
    }

    /// The days from 1 March of the year 0 to 1 January 1970.
    private static let epoch: Int64 = 719_468

    /// The day of the week: 0 for Monday, 6 for Sunday.
    public var weekday: Int {
        let remainder = Int(number % 7)
        return (remainder + 10) % 7
    }

    /// The year, the month and the day of the month.
    var fields: (year: Int, month: Int, day: Int) {
        let days = number.adding(saturating: CalendarDay.epoch)
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shifted + 2) / 5 + 1))
    }

    /// `2026-11-23`.
    public var description: String {
        let (year, month, day) = fields
        let digits = String(abs(year))
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return (year < 0 ? "-" : "") + padded + "-"
            + [month, day].map(LocalTime.twoDigits)
            .joined(separator: "-")
    }
}
