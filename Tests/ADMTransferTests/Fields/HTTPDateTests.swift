import ADMModel
import Foundation
import NIOHTTP1
import Testing

@testable import ADMTransfer

/// Dates and numbers in the fields of answers: read, or ignored.
@Suite struct HTTPDateTests {
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777.0),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ]
    )
    func `the three forms of a date are read`(text: String, seconds: Double) {
        #expect(HTTPDate(parsing: text)?.seconds == seconds)
    }

    @Test(
        arguments: [
            (784_111_777.9, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_825_600, "Tue, 29 Feb 2000 12:00:00 GMT"),
        ]
    )
    func `a date is written in the first form, and read again`(seconds: Double, text: String) {
        #expect(HTTPDate(Date(timeIntervalSince1970: seconds)).text == text)
        #expect(HTTPDate(parsing: text)?.seconds == seconds.rounded(.down))
    }

    @Test(arguments: [1e300, -1e300, .infinity, -.infinity, .nan])
    func `no number traps when it is written as a date`(seconds: Double) {
        #expect(HTTPDate(Date(timeIntervalSince1970: seconds)).text.hasSuffix(" GMT"))
    }

    @Test(
        arguments: [
            "", "GMT", "Sun", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 -1:49:37 GMT",
            "Sun, 06 Nov 1994 9223372036854775807:00:00 GMT",
            "Sun, 06 Nov 1994 00:9223372036854775807:00 GMT",
            "Sun, 06 Nov 1994 00:00:9223372036854775807 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT", "Mon, 29 Feb 1900 08:49:37 GMT",
            "Tue, 30 Feb 2000 08:49:37 GMT", "Sun, 06 Nov 9223372036854775807 08:49:37 GMT",
            "Sun, 9223372036854775807 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 11 1994 08:49:37 GMT",
            "Sun, 06 Nov Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994 8:4:3:2 GMT",
            "Sun, 06 Nov 1994 ::", "Sun, 06 Nov 1994 0x8:49:37 GMT", "0", "-1", "1e308", "NaN",
        ]
    )
    func `what no calendar has is no date`(text: String) {
        #expect(HTTPDate(parsing: text) == nil)
    }

    @Test func `every day of every month of four centuries is one after the other`() throws {
        var last = try #require(HTTPDate(parsing: "x, 31 Dec 1899 00:00:00 GMT")).seconds
        let names = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        for year in 1900..<2300 {
            for month in names {
                for day in 1...31 {
                    guard let date = HTTPDate(parsing: "x, \(day) \(month) \(year) 00:00:00 GMT")
                    else { continue }
                    guard date.seconds == last + 86_400 else {
                        Issue.record("\(day) \(month) \(year)")
                        return
                    }
                    last = date.seconds
                }
            }
        }
        #expect(last == HTTPDate(parsing: "x, 31 Dec 2299 00:00:00 GMT")?.seconds)
    }

    static let numbers = [
        "", "0", "-0", "1", "-1", "+1", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "18446744073709551616",
        "99999999999999999999", "1e308", "NaN", "inf", "0x10", "1.5", " 5", "5 ", "5,5", "1.2.3",
        String(repeating: "9", count: 400), "Sun, 06 Nov 1994 9223372036854775807:00:00 GMT",
        "bytes 0-9223372036854775807/9223372036854775807", "bytes 9223372036854775807-0/*",
        "bytes 9223372036854775806-9223372036854775806/9223372036854775807", "bytes */-1",
    ]

    @Test(arguments: numbers)
    func `no field of an answer can be a trap`(text: String) {
        let names = [
            "content-length", "content-range", "retry-after", "date", "last-modified", "age",
            "accept-ranges", "etag", "link", "repr-digest",
        ]
        for status in [200, 206, 404, 416, 429, 503] {
            for name in names {
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: .init(statusCode: status),
                    headers: [name: text]
                )
                let facts = ResponseFacts(head)
                #expect((0...ByteCount.limit).contains(facts.contentLength ?? 0))
                #expect((0...ByteCount.limit).contains(facts.contentRange?.total ?? 0))
                #expect((0...86_400).contains(facts.retryAfter ?? 0))
                if let range = facts.contentRange?.range { #expect(range.end <= ByteCount.limit) }
            }
        }
    }

    @Test(
        arguments: [
            ("5", 5.0), ("0", 0), ("1.5", 1.5), ("99999999999999999999", 86_400), ("-5", 0),
            ("1e3", nil), ("NaN", nil), ("inf", nil), ("0x10", nil), ("", nil), (".", nil),
        ] as [(String, Double?)]
    )
    func `Retry-After is digits or a date`(text: String, seconds: Double?) {
        #expect(ResponseFacts.retryAfter(text, now: 0) == seconds)
    }

    @Test(arguments: numbers)
    func `a mirror of any priority has its place`(text: String) throws {
        let fields = [
            "<http://a/x>; rel=duplicate; pri=\(text)", "<http://b/x>; rel=duplicate; pri=1",
        ]
        let base = try SourceURL("http://h/x")
        #expect(LinkField.mirrors(fields, base: base).contains(try SourceURL("http://b/x")))
    }

    @Test func `a limit of any speed asks for waits that end`() {
        let speeds: [Int64] = [1, 2, 1 << 53, 1 << 60, .max]
        for first in speeds {
            for second in speeds {
                let limit = RateLimit(bytesPerSecond: first)
                for count in [0, 1, 1 << 40, Int.max / 4] { _ = limit.pay(for: count) }
                limit.bytesPerSecond = second
                limit.bytesPerSecond = 0
                limit.bytesPerSecond = first
                #expect(limit.slice > 0)
                if let ticket = limit.pay(for: 1), let wait = limit.wait(for: ticket) {
                    #expect(wait.seconds < 1e10)
                }
            }
        }
    }

    @Test func `what servers usually write means the same as any other form of it`() {
        for seconds in stride(from: -62_135_596_800.0, to: 253_402_300_800, by: 9_999_991_357) {
            let text = HTTPDate(Date(timeIntervalSince1970: seconds)).text
            let read = HTTPDate(parsing: text)
            // In small letters it is not the usual form.
            #expect(read == HTTPDate(parsing: text.lowercased()), "\(text)")
        }
        for text in [
            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
            "Sun, 0x Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        ] {
            #expect(HTTPDate(parsing: text) == nil, "\(text)")
        }
        #expect(HTTPDate(parsing: "Sun, 06 Nov 1994 08:49:37 GMT")?.seconds == 784_111_777)
    }
}
