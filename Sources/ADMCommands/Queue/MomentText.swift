import ADMModel
import Foundation

/// Reads moments the way people write them.
enum MomentText {
    /// The moment that a text names, seen from now.
    ///
    /// RFC 3339 (`2026-11-27T18:00:00Z`), `2026-11-27 18:00` and `18:00` in this machine's time zone
    /// (the next time that it is so late), or a span from now: `+2h`, `+30m`.
    ///
    /// - Throws: ``Failure`` with `usage` where the text is none of these.
    static func parse(_ text: String, option: String, now: Date = Date()) throws(Failure) -> Date {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        // The longest form has 35 characters; calendars trap on more digits than a year has.
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

    private static func moment(_ trimmed: String, now: Date) -> Date? {
        if trimmed.hasPrefix("+"), let span = Duration(parsing: String(trimmed.dropFirst())) {
            return now.addingTimeInterval(span / .seconds(1))
        }
        // More than four digits are never a year, an hour or anything else here.
        let runs = trimmed.split(whereSeparator: { !$0.isNumber })
        guard runs.allSatisfy({ $0.count <= 9 }), runs.first.map({ $0.count <= 4 }) ?? false else {
            return nil
        }
        guard isOnClock(runs) else { return nil }
        if let date = try? Date(trimmed, strategy: .iso8601) { return date }
        if let date = try? Date(
            trimmed,
            strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        ) {
            return date
        }
        return local(trimmed, now: now)
    }

    /// Whether the numbers of a date with a time are some that a calendar and a clock have; the formatter
    /// takes others as well, and counts on.
    private static func isOnClock(_ runs: [Substring]) -> Bool {
        guard runs.count >= 5 else { return true }
        let limits = [0...9999, 1...12, 1...31, 0...23, 0...59, 0...60]
        return zip(runs, limits).allSatisfy { run, limit in
            Int(digits: run).map { limit.contains($0) } ?? false
        }
    }

    /// A date and a time, or a time alone, in this machine's time zone.
    private static func local(_ text: String, now: Date) -> Date? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard let clock = parts.last, parts.count <= 2 else { return nil }
        let times = clock.split(separator: ":", omittingEmptySubsequences: false).map {
            Int(digits: $0)
        }
        guard (2...3).contains(times.count), times.allSatisfy({ $0 != nil }) else { return nil }
        var wanted = DateComponents()
        wanted.hour = times[0]
        wanted.minute = times[1]
        wanted.second = times.count == 3 ? times[2] : 0
        guard (0...23).contains(wanted.hour ?? -1), (0...59).contains(wanted.minute ?? -1),
            (0...59).contains(wanted.second ?? -1)
        else { return nil }
        let calendar = Calendar(identifier: .gregorian)
        guard parts.count == 2, let day = parts.first else {
            return calendar.nextDate(after: now, matching: wanted, matchingPolicy: .nextTime)
        }
        let numbers = day.split(separator: "-").map { Int(digits: $0) }
        guard numbers.count == 3, numbers.allSatisfy({ $0 != nil }) else { return nil }
        wanted.year = numbers[0]
        wanted.month = numbers[1]
        wanted.day = numbers[2]
        guard (1...12).contains(wanted.month ?? 0), (1...31).contains(wanted.day ?? 0),
            let date = calendar.date(from: wanted),
            calendar.component(.day, from: date) == wanted.day
        else { return nil }
        return date
    }

    /// A span of time such as `90s`, `2h` or `1d`.
    ///
    /// - Throws: ``Failure`` with `usage` where the text is none.
    static func span(_ text: String, option: String) throws(Failure) -> Duration {
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
