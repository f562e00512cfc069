import ADMModel
import Foundation
import Testing

/// Days of the calendar, and what the clocks here show.
@Suite struct LocalTimeTests {
    @Test(
        arguments: [
            (1970, 1, 1, 0 as Int64, 3), (1969, 12, 31, -1, 2), (2000, 2, 29, 11_016, 1),
            (2026, 11, 30, 20_787, 0), (1, 1, 1, -719_162, 0), (9999, 12, 31, 2_932_896, 4),
        ]
    )
    func `a date has a number and a day of the week`(
        year: Int,
        month: Int,
        day: Int,
        number: Int64,
        weekday: Int
    ) throws {
        let date = try #require(CalendarDay(year: year, month: month, day: day))
        #expect(date.number == number)
        #expect(date.weekday == weekday)
        #expect(CalendarDay(number: number) == date)
        let digits = date.description.split(separator: "-").compactMap { Int($0) }
        #expect(digits == [year, month, day])
    }

    @Test func `every day follows the one before`() throws {
        var next = try #require(CalendarDay(year: 1899, month: 1, day: 1)).number
        for year in 1899...2101 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDay(year: year, month: month, day: day) else {
                        #expect(day > 28)
                        continue
                    }
                    #expect(date.number == next)
                    next += 1
                }
            }
        }
    }

    @Test(
        arguments: [
            (2027, 2, 29), (1900, 2, 29), (2027, 4, 31), (2027, 13, 1), (2027, 0, 1), (2027, 1, 0),
            (0, 1, 1), (10_000, 1, 1), (-5, 1, 1), (2027, Int.max, 1), (Int.min, 1, 1),
        ]
    )
    func `a date that the calendar does not have is none`(year: Int, month: Int, day: Int) {
        #expect(CalendarDay(year: year, month: month, day: day) == nil)
    }

    @Test func `a moment is shown as the clocks show it that are so far from UTC`() {
        let date = Date(timeIntervalSince1970: 1_796_036_836.7)
        #expect(LocalTime(date, offset: 0).description == "2026-11-30 11:07:16")
        #expect(LocalTime(date, offset: 3600 * 13).description == "2026-12-01 00:07:16")
        #expect(LocalTime(date, offset: -3600 * 12).description == "2026-11-29 23:07:16")
        let early = LocalTime(Date(timeIntervalSince1970: -1), offset: 0)
        #expect(early.description == "1969-12-31 23:59:59")
    }

    @Test func `what the clocks here show is read as the same moment again`() throws {
        for hours in stride(from: -20_000_000, through: 20_000_000, by: 7919) {
            let date = Date(timeIntervalSince1970: Double(hours) * 3600 / 100)
            let time = LocalTime(date)
            let moments = LocalTime.moments(on: time.day, second: time.second)
            let seconds = date.timeIntervalSince1970.rounded(.down)
            #expect(moments.contains(Date(timeIntervalSince1970: seconds)), "\(time)")
        }
    }

    @Test func `a time of day comes within a day and a bit`() throws {
        let now = Date(timeIntervalSince1970: 1_796_036_836)
        for second in stride(from: 0, to: 86_400, by: 997) {
            let next = try #require(LocalTime.next(second: second, after: now))
            #expect(next > now && next <= now.addingTimeInterval(86_400 * 1.5))
        }
    }

    @Test func `a day that no clock shows is no reason to end`() {
        for number in [Int64.max, .min, 1 << 60] {
            #expect(LocalTime.moments(on: CalendarDay(number: number), second: 0).isEmpty)
            _ = CalendarDay(number: number).description
        }
        for date in [Date.distantPast, .distantFuture, Date(timeIntervalSince1970: .infinity)] {
            #expect(date.shown.count == 19)
        }
    }
}
