package import Foundation

/// Reads moments the way people write them.
package enum TimeParser {
    /// The moment that a text names, seen from now.
    ///
    /// RFC 3339 (`2026-11-27T18:00:00Z`), or in this machine's time zone (``LocalTime``) `2026-11-27 18:00`,
    /// `2026-11-27` for the beginning of the day, and `18:00` for the next time that it is so late; or a
    /// span from now: `+2h`, `+30m`.
    ///
    /// A time that the clocks here show twice is the first of both; one that they skip is the moment at
    /// which they are put forward.
    ///
    /// - Throws: ``Failure`` with `usage` if the text is none of these.
    package static func parse(
        _ text: String,
        option: String,
        now: Date = Date()
    ) throws(Failure) -> Date {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        // The longest form has 35 characters.
        if trimmed.utf8.count <= 40, let date = moment(trimmed, now: now) {
            guard Date.known.contains(date) else {
                throw Failure(
                    .usage,
                    "\(option): \(text.debugDescription) is not in the years 1 to 9999"
                )
            }
            return date
        }
        throw Failure(
            .usage,
            "\(option): \(String(text.prefix(80)).debugDescription) is not a time",
            hint: "write 18:00, \"2026-11-27 18:00\", 2026-11-27T18:00:00Z or +2h"
        )
    }

    /// The same for the end of something: a day alone is meant up to its last minute.
    ///
    /// - Throws: ``Failure`` as ``parse(_:option:now:)`` does.
    package static func parseEnd(
        _ text: String,
        option: String,
        now: Date = Date()
    ) throws(Failure) -> Date {
        let isDay = text.count == 10 && text.contains("-")
        return try parse(isDay ? "\(text) 23:59" : text, option: option, now: now)
    }

    private static func moment(_ text: String, now: Date) -> Date? {
        if text.hasPrefix("+"), let span = Duration(parsing: String(text.dropFirst())) {
            return now.addingTimeInterval(span / .seconds(1))
        }
        let parts = text.split(whereSeparator: { " Tt".contains($0) }).map(String.init)
        switch parts.count {
        case 1:
            if let clock = Clock(parts[0]), clock.offset == nil, let second = clock.wholeSecond {
                return LocalTime.next(second: second, after: now)
            }
            return day(parts[0]).flatMap { LocalTime.moments(on: $0, second: 0).first }
        case 2:
            guard let day = day(parts[0]), let clock = Clock(parts[1]) else { return nil }
            guard let offset = clock.offset else {
                return clock.wholeSecond.flatMap { LocalTime.moments(on: day, second: $0).first }
            }
            return clock.moment(on: day, offset: offset)
        default: return nil
        }
    }

    /// A date with a year of four digits.
    private static func day(_ text: String) -> CalendarDay? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, let year = Int(digits: parts[0]),
            let month = TimeParser.two(parts[1]), let day = TimeParser.two(parts[2])
        else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }

    /// A number of one or two digits.
    private static func two(_ text: some StringProtocol) -> Int? {
        text.utf8.count <= 2 ? Int(digits: text) : nil
    }

    /// A time of day as it is written, with the distance of its zone from UTC if that is named.
    private struct Clock {
        let hour: Int
        let minute: Int
        let second: Int
        /// What is written behind the seconds.
        let fraction: Double?
        /// In seconds, to the east.
        let offset: Int?

        init?(_ text: String) {
            var body = text[...]
            if text.hasSuffix("Z") || text.hasSuffix("z") {
                body = text.dropLast()
                offset = 0
            } else if let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) {
                body = text[..<sign]
                guard let ahead = Clock.zone(text[text.index(after: sign)...]) else { return nil }
                offset = text[sign] == "-" ? -ahead : ahead
            } else {
                offset = nil
            }
            let parts = body.split(separator: ":", omittingEmptySubsequences: false)
            guard (2...3).contains(parts.count), let hour = TimeParser.two(parts[0]),
                let minute = TimeParser.two(parts[1]), hour < 24, minute < 60
            else { return nil }
            let seconds = parts.count == 3 ? parts[2] : "0"
            let halves = seconds.split(separator: ".", omittingEmptySubsequences: false)
            guard halves.count <= 2, let second = TimeParser.two(halves[0]), second <= 60 else {
                return nil
            }
            if halves.count == 2 {
                guard Int64(digits: halves[1]) != nil else { return nil }
                fraction = Double("0.\(halves[1])")
            } else {
                fraction = nil
            }
            (self.hour, self.minute, self.second) = (hour, minute, second)
        }

        /// `01:00`, `0100` or `01`, in seconds.
        private static func zone(_ text: Substring) -> Int? {
            let digits = text.filter { $0 != ":" }
            let isWritten =
                text.utf8.count == digits.utf8.count
                || text.utf8.count == 5 && text.dropFirst(2).first == ":"
            guard isWritten, [2, 4].contains(digits.utf8.count),
                let hours = Int(digits: digits.prefix(2)), hours < 24,
                let minutes = digits.utf8.count == 4 ? Int(digits: digits.suffix(2)) : 0,
                minutes < 60
            else { return nil }
            return hours * 3600 + minutes * 60
        }

        /// Seconds after midnight; nil for a fraction and for a leap second, which are written with a zone
        /// only.
        var wholeSecond: Int? {
            second < 60 && fraction == nil ? hour * 3600 + minute * 60 + second : nil
        }

        /// The moment that a clock shows which is so far from UTC; nil for a leap second that is none.
        func moment(on day: CalendarDay, offset: Int) -> Date? {
            let local = hour * 3600 + minute * 60 + second
            let seconds = day.number * 86_400 + Int64(local - offset)
            guard second < 60 || seconds % 86_400 == 0 else { return nil }
            return Date(timeIntervalSince1970: Double(seconds) + (fraction ?? 0))
        }
    }

    /// A span of time such as `90s`, `2h` or `1d`.
    ///
    /// - Throws: ``Failure`` with `usage` if the text is not one.
    package static func span(_ text: String, option: String) throws(Failure) -> Duration {
        guard let span = Duration(parsing: text) else {
            throw Failure(
                .usage,
                "\(option): \(text.debugDescription) is not a valid length of time",
                hint: "write 30s, 10m, 2h or 7d"
            )
        }
        return span
    }
}
