import Foundation
import Testing

@testable import ADMModel

struct TimeParserTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test(
        arguments: [
            ("+2h", 7200.0), ("+90s", 90), ("2027-01-15T09:00:00Z", 3600),
            ("2027-01-15T08:00:00.500Z", 0.5), ("2027-01-15T10:00:00+01:00", 3600),
            ("2027-01-15 10:00:00+0100", 3600), ("2027-01-15t06:00:00-02", 0),
            ("2027-01-15T23:59:60Z", 57_600),
        ]
    )
    func `a moment is a span from now or a time of RFC 3339`(text: String, seconds: Double) throws {
        let moment = try TimeParser.parse(text, option: "--at", now: now)
        #expect(abs(moment.timeIntervalSince(now) - seconds) < 0.01)
    }

    @Test func `a time of day is the next one, in this machine's zone`() throws {
        let calendar = Calendar(identifier: .gregorian)
        let moment = try TimeParser.parse("18:30", option: "--at", now: now)
        #expect(moment > now && moment < now.addingTimeInterval(86_401))
        #expect(calendar.component(.hour, from: moment) == 18)
        let day = try TimeParser.parse("2027-02-03", option: "--at", now: now)
        #expect(day.shown == "2027-02-03 00:00:00")
        let dated = try TimeParser.parse("2027-02-03 04:05", option: "--at", now: now)
        #expect(dated.shown == "2027-02-03 04:05:00")
        #expect(calendar.component(.day, from: dated) == 3)
        #expect(calendar.component(.minute, from: dated) == 5)
    }

    @Test func `something that ends on a day ends in its last minute`() throws {
        let day = try TimeParser.parseEnd("2027-02-03", option: "--expires", now: now)
        #expect(day.shown == "2027-02-03 23:59:00")
        for text in ["2027-02-03 04:05", "+2h", "18:30"] {
            #expect(
                try TimeParser.parseEnd(text, option: "--expires", now: now)
                    == TimeParser.parse(text, option: "--expires", now: now)
            )
        }
    }

    @Test(
        arguments: [
            "", "noon", "25:00", "12:61", "2027-02-30 10:00", "2h", "+", "+x", "1:2:3:4",
            "2027-02-30T10:00:00Z", "2027-01-15T10:00:60Z", "2027-01-15T10:00:00+24:00",
            "2027-01-15T10:00:00+1:00", "2027-01-15T10:00:00.Z", "18:00Z", "18:00.5",
            "2027-01-15 10:00 Z", "027-01-15 10:00", "2027-1-1-1", "2027-01-15 10:00:00:00",
        ]
    )
    func `anything else is an error that shows how to write it`(_ text: String) {
        #expect(throws: Failure.self) { try TimeParser.parse(text, option: "--at", now: now) }
    }
}
