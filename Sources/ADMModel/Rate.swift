public import Foundation

/// A speed limit in bytes a second, which may differ by time of day and day of the week.
///
/// The first entry that covers the present counts, else ``otherwise``; hours and days are those that the
/// clocks here show (``LocalTime``).
public struct Rate: Sendable, Hashable {
    /// A limit for some hours of some days.
    public struct Entry: Sendable, Hashable {
        /// When it begins, in minutes after midnight.
        public var from: Int
        /// When it ends, in minutes after midnight; before `from` for the next day.
        public var to: Int
        /// The days on which it begins, Monday first, as bits.
        public var days: UInt8
        /// Bytes a second; 0 for no limit.
        public var rate: ByteCount

        /// Covers some hours of some days.
        public init(from: Int = 0, to: Int = 1440, days: UInt8 = 0x7F, rate: ByteCount) {
            self.from = from
            self.to = to
            self.days = days
            self.rate = rate
        }

        /// Whether it covers a minute of a day; Monday is 0.
        func covers(minute: Int, day: Int) -> Bool {
            let isToday = days >> UInt8(day) & 1 == 1
            guard from >= to else { return isToday && minute >= from && minute < to }
            let wasYesterday = days >> UInt8((day + 6) % 7) & 1 == 1
            return (isToday && minute >= from) || (wasYesterday && minute < to)
        }
    }

    /// The limits by time.
    public var entries: [Entry]
    /// The limit at all other times, in bytes a second; 0 for none.
    public var otherwise: ByteCount

    /// No limit.
    public static let unlimited = Rate(ByteCount(0))

    /// The same limit at all times; 0 for none.
    public init(_ always: ByteCount) {
        entries = []
        otherwise = always
    }

    /// Limits by time.
    public init(_ entries: [Entry], otherwise: ByteCount = ByteCount(0)) {
        self.entries = entries
        self.otherwise = otherwise
    }

    /// Whether there is a limit at any time.
    public var isLimit: Bool { self != .unlimited }

    /// The bytes a second at a time; 0 for no limit.
    public func bytes(at now: Date = Date()) -> Int64 {
        entries.isEmpty ? otherwise.bytes : bytes(at: LocalTime(now))
    }

    /// The same for a time of day.
    public func bytes(at time: LocalTime) -> Int64 {
        let entry = entries.first { $0.covers(minute: time.second / 60, day: time.day.weekday) }
        return (entry?.rate ?? otherwise).bytes
    }

    // MARK: - Text

    /// The days as people write them, Monday first.
    public static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Reads `RATE`, or `RATE HOURS DAYS, …` with `08:00-18:00` and `mon-fri,sun` in either order, each
    /// of them optional; nil if it is none of these.
    public init?(parsing text: String) {
        self = .unlimited
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            // A unit may stand apart from its number.
            var words = part.split(separator: " ").map(String.init)
            if words.count > 1, ByteCount(rate: words[0] + words[1]) != nil {
                words[0] += words.remove(at: 1)
            }
            guard let first = words.first, let rate = ByteCount(rate: first), words.count <= 3
            else {
                return nil
            }
            var entry = Entry(rate: rate)
            for word in words.dropFirst() {
                if let (from, to) = Rate.hours(word) {
                    (entry.from, entry.to) = (from, to)
                } else if let days = Rate.days(word) {
                    entry.days = days
                } else {
                    return nil
                }
            }
            if words.count == 1 { otherwise = rate } else { entries.append(entry) }
        }
    }

    /// Reads `08:00-18:00`, the end up to 24:00; nil if it is anything else.
    public static func hours(_ text: String) -> (from: Int, to: Int)? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end -> Int? in
            let parts = end.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
                parts[1].count == 2, (0...24).contains(hour), (0...59).contains(minute),
                hour * 60 + minute <= 1440
            else { return nil }
            return hour * 60 + minute
        }
        guard ends.count == 2, let from = ends[0], let to = ends[1], from < 1440, from != to else {
            return nil
        }
        return (from, to)
    }

    /// Reads `mon-fri`, `sat,sun`, `fri-mon`; nil if it is anything else.
    public static func days(_ text: String) -> UInt8? {
        var days: UInt8 = 0
        for part in text.lowercased().split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { dayNames.firstIndex(of: String($0)) }
            guard let first = ends[0], let last = ends.count == 2 ? ends[1] : first,
                ends.count <= 2
            else { return nil }
            var day = first
            while true {
                days |= 1 << UInt8(day)
                if day == last { break }
                day = (day + 1) % 7
            }
        }
        return days
    }
}

extension Rate: CustomStringConvertible {
    /// The text that ``init(parsing:)`` reads.
    public var description: String {
        let parts = entries.map { "\(Rate.text($0.rate)) \($0.hoursText) \($0.daysText)" }
        let rest = otherwise.bytes > 0 || parts.isEmpty ? [Rate.text(otherwise)] : []
        return (parts + rest).joined(separator: "; ")
    }

    private static func text(_ rate: ByteCount) -> String { "\(rate.bytes)" }
}

extension Rate.Entry {
    /// The hours as people write them.
    public var hoursText: String {
        [from, to].map { minutes in
            let text = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
            return "\(text(minutes / 60)):\(text(minutes % 60))"
        }.joined(separator: "-")
    }

    /// The days as people write them.
    public var daysText: String {
        guard days != 0x7F else { return "mon-sun" }
        var runs: [(first: Int, last: Int)] = []
        for day in 0..<7 where days >> UInt8(day) & 1 == 1 {
            if let run = runs.last, run.last == day - 1 {
                runs[runs.count - 1].last = day
            } else {
                runs.append((day, day))
            }
        }
        return runs.map { run in
            let names = [run.first, run.last].map { Rate.dayNames[$0] }
            return run.first == run.last ? names[0] : names.joined(separator: "-")
        }.joined(separator: ",")
    }
}

extension ByteCount {
    /// Reads a number of bytes a second, with or without `/s`.
    public init?(rate text: String) {
        self.init(parsing: text.hasSuffix("/s") ? String(text.dropLast(2)) : text)
    }
}

extension Rate: Codable {
    /// Reads a number, or the text of ``init(parsing:)``.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let bytes = try? value.decode(Int64.self) {
            self.init(ByteCount(bytes))
            return
        }
        guard let rate = Rate(parsing: try value.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: value,
                debugDescription: "a rate is a number of bytes or RATE HOURS DAYS; …"
            )
        }
        self = rate
    }

    /// Writes the number of bytes, or the text if there are several.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        if entries.isEmpty {
            try value.encode(otherwise.bytes)
        } else {
            try value.encode(description)
        }
    }
}
