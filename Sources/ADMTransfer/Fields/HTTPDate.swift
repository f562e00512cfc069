import ADMModel

/// A date as HTTP writes it, in its three forms (RFC 9110 §5.6.7).
package struct HTTPDate: Sendable, Hashable {
    /// Seconds since 1970.
    package let seconds: Double

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Reads a date; nil where it is none, or one that no calendar has.
    package init?(parsing text: String) {
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
            } else if let index = HTTPDate.months.firstIndex(of: String(word)) {
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
