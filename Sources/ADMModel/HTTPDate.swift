package import Foundation

/// A date as HTTP writes it: read in its three forms, written in the first (RFC 9110 §5.6.7).
package struct HTTPDate: Sendable, Hashable {
    /// Seconds since 1970.
    package let seconds: Double

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let lowercasedMonths = months.map { $0.lowercased() }
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Takes a date, without the part of a second.
    package init(_ date: Date) { seconds = date.timeIntervalSince1970.rounded(.down) }

    /// Reads a date; nil if it is not a valid one, or one that no calendar has.
    package init?(parsing text: String) {
        if let seconds = HTTPDate.secondsOfFixdate(text) {
            self.seconds = seconds
            return
        }
        // A date has at most the length of "Wednesday, 09-Nov-94 08:49:37 GMT" and some blanks.
        guard text.utf8.count <= 64, !text.contains(" -") else { return nil }
        let words = text.lowercased().split(whereSeparator: { " \t,-".contains($0) })
        var numbers: [Int] = []
        var month: Int?
        var clock: Int?
        for word in words.dropFirst() {
            if word.contains(":") {
                guard clock == nil, let seconds = HTTPDate.clock(word) else { return nil }
                clock = seconds
            } else if let index = HTTPDate.lowercasedMonths.firstIndex(of: String(word)) {
                guard month == nil else { return nil }
                month = index + 1
            } else if word.utf8.count <= 4, let number = Int(digits: word) {
                numbers.append(number)
            } else if word != "gmt", word != "utc" {
                return nil
            }
        }
        guard let month, let clock, numbers.count == 2 else { return nil }
        var year = numbers[1]
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        guard let day = CalendarDay(year: year, month: month, day: numbers[0]) else { return nil }
        seconds = Double(day.number * 86_400 + Int64(clock))
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, as nearly all servers write it, without a copy of its parts; nil for
    /// everything else, which may still be a date.
    private static func secondsOfFixdate(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count == 29 else { return nil }
            let bytes = unsafe bytes.span
            func number(_ places: Range<Int>) -> Int? {
                var number = 0
                for place in places {
                    guard (0x30...0x39).contains(bytes[place]) else { return nil }
                    number = number * 10 + Int(bytes[place] - 0x30)
                }
                return number
            }
            func isText(_ wanted: StaticString, at place: Int) -> Bool {
                (0..<wanted.utf8CodeUnitCount).allSatisfy {
                    unsafe bytes[place + $0] == wanted.utf8Start[$0]
                }
            }
            guard isText(", ", at: 3), isText(" ", at: 7), isText(" ", at: 11),
                isText(" ", at: 16), isText(":", at: 19), isText(":", at: 22),
                isText(" GMT", at: 25),
                let month = months.firstIndex(where: { name in
                    name.utf8.elementsEqual([bytes[8], bytes[9], bytes[10]])
                }),
                let day = number(5..<7), let year = number(12..<16), let hour = number(17..<19),
                let minute = number(20..<22), let second = number(23..<25),
                hour <= 23, minute <= 59, second <= 60, year >= 100,
                let date = CalendarDay(year: year, month: month + 1, day: day)
            else { return nil }
            return Double(date.number * 86_400 + Int64(hour * 3600 + minute * 60 + second))
        }
    }

    /// The date as an IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package var text: String {
        let whole = Int64(saturating: seconds)
        let number = whole.subtracting(saturating: (whole % 86_400 + 86_400) % 86_400) / 86_400
        let clock = Int(whole - number * 86_400)
        let day = CalendarDay(number: number)
        let (year, month, dayOfMonth) = day.fields
        let time = [clock / 3600, clock / 60 % 60, clock % 60].map(LocalTime.twoDigits)
        return "\(HTTPDate.days[day.weekday]), \(LocalTime.twoDigits(dayOfMonth))"
            + " \(HTTPDate.months[month - 1]) \(year) \(time.joined(separator: ":")) GMT"
    }

    /// Reads `08:49:37`; the last second of some days is the sixtieth.
    private static func clock(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.utf8.count <= 2 ? Int(digits: $0) : nil }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }
}
