import ADMModel
import Foundation
import Testing

/// Speed limits that differ by hours and days.
@Suite struct RateTests {
    /// A moment of the week of Monday, 23 November 2026, in that zone.
    private func moment(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Date {
        // Monday 00:00 there.
        let monday = 1_795_388_400.0
        return Date(
            timeIntervalSince1970: monday + Double(day * 86_400 + hour * 3600 + minute * 60)
        )
    }

    private func rate(_ text: String, _ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Int64 {
        try #require(Rate(parsing: text))
            .bytes(at: LocalTime(moment(day, hour, minute), offset: 3600))
    }

    @Test func `working hours end at their end`() throws {
        let text = "2MiB/s 08:00-18:00 mon-fri"
        #expect(try rate(text, 0, 8) == 2_097_152)
        #expect(try rate(text, 4, 17, 59) == 2_097_152)
        #expect(try rate(text, 4, 18) == 0)
        #expect(try rate(text, 0, 7, 59) == 0)
        #expect(try rate(text, 5, 12) == 0)
    }

    @Test func `a night belongs to the day on which it begins`() throws {
        let text = "0 22:00-06:00 fri; 500k"
        #expect(try rate(text, 4, 23) == 0)
        #expect(try rate(text, 5, 5, 59) == 0)
        #expect(try rate(text, 5, 6) == 512_000 || rate(text, 5, 6) == 500_000)
        #expect(try rate(text, 5, 23) > 0)
        #expect(try rate(text, 4, 5) > 0)
    }

    @Test func `the first entry that covers the moment counts`() throws {
        let text = "1000 12:00-13:00; 2000 08:00-18:00; 3000"
        #expect(try rate(text, 2, 12, 30) == 1000)
        #expect(try rate(text, 2, 13) == 2000)
        #expect(try rate(text, 2, 19) == 3000)
    }

    @Test(
        arguments: [
            "", "fast", "1 2 3 4", "1 08:00", "1 08:00-08:00", "1 25:00-26:00", "1 8:5-9:00",
            "1 moo",
            "1 mon-", "1;;2", "1 24:00-01:00", "-5", "1 mon-fri 08:00-09:00 x",
        ]
    )
    func `nonsense is no limit`(text: String) { #expect(Rate(parsing: text) == nil) }

    @Test(
        arguments: [
            "0", "1000", "1000 08:00-18:00 mon-fri", "1 00:00-24:00 sat-sun; 5",
            "7 22:00-06:00 mon,wed-thu; 8 10:15-10:16 mon-sun; 9",
        ]
    )
    func `what is written is read again`(text: String) throws {
        let rate = try #require(Rate(parsing: text))
        #expect(rate.description == text)
        let data = try JSONEncoder().encode([rate])
        #expect(try JSONDecoder().decode([Rate].self, from: data) == [rate])
    }
}
