import ADMModel
import Foundation
import Testing

/// Numbers that nobody needs and everybody may send; nothing that reads or uses them traps.
@Suite struct ExtremeNumberTests {
    static let doubles: [Double] = [
        0, -0.0, 1, -1, 0.5, 0x1p53, -0x1p53, 0x1p63, -0x1p63, 0x1p64, 1e19, 1e308, -1e308, 1e-300,
        .nan, .infinity, -.infinity,
    ]
    static let integers: [Int64] = [
        0, 1, -1, 1 << 53, -(1 << 53), 1 << 60, (1 << 60) + 1, 1 << 62, .max, .max - 1, .min,
        .min + 1,
    ]
    static let texts =
        integers.map { "\($0)" } + [
            "", " ", "+1", "-0", "00000000000000000001", "99999999999999999999",
            "18446744073709551616", "340282366920938463463374607431768211456", "1e308", "1e-308",
            "0x10", "NaN", "nan", "inf", "-inf", "1.5", ".", "-", "١٢", "1_0", "1\u{0}",
            String(repeating: "9", count: 400), String(repeating: "0", count: 400) + "7",
        ]

    @Test(arguments: doubles)
    func `a number of floating point becomes the nearest whole one`(number: Double) {
        let whole = Int64(saturating: number)
        if number.isNaN {
            #expect(whole == 0)
        } else if number >= 0x1p63 {
            #expect(whole == .max)
        } else if number < -0x1p63 {
            #expect(whole == .min)
        } else {
            #expect(Double(whole) == number.rounded(.towardZero))
        }
        #expect(UInt8(saturating: number) <= 255)
        let time = Duration(saturatingSeconds: number)
        #expect(abs(time.seconds) <= 1e9)
        _ = ContinuousClock.now.advanced(by: time).advanced(by: time)
        _ = JobID(now: Date(timeIntervalSince1970: number))
        let policy = RetryPolicy(limit: 1, base: number, cap: number)
        _ = policy.delay(attempt: .max, retryAfter: number, random: 0.5)
        _ = policy.delay(attempt: .min, retryAfter: number, random: 0.5)
        #expect(RetryPolicy().delay(attempt: 1, retryAfter: number, random: 0) <= 86_400)
        _ = Statistics.Percentiles([number, 1, number])
    }

    @Test func `sums and products stay what they are or become the nearest`() {
        for one in Self.integers {
            for other in Self.integers {
                let sum = one.addingReportingOverflow(other)
                let near = one.adding(saturating: other)
                #expect(sum.overflow ? near == (one < 0 ? .min : .max) : near == sum.partialValue)
                let rest = one.subtractingReportingOverflow(other)
                let left = one.subtracting(saturating: other)
                #expect(rest.overflow ? left == (one < 0 ? .min : .max) : left == rest.partialValue)
                let product = one.multipliedReportingOverflow(by: other)
                let much = one.multiplied(saturating: other)
                let edge: Int64 = (one < 0) == (other < 0) ? .max : .min
                #expect(product.overflow ? much == edge : much == product.partialValue)
                let range = ByteRange(checked: one, other)
                let isRange = one >= 0 && other >= one && other <= ByteCount.limit
                #expect((range != nil) == isRange)
            }
        }
    }

    @Test(arguments: texts)
    func `a text is a number, or it is none`(text: String) throws {
        let isDigits = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        #expect(Int64(digits: text) == (isDigits ? Int64(text) : nil))
        #expect(ByteCount(parsing: text).map { (0...ByteCount.limit).contains($0.bytes) } ?? true)
        for unit in ["k", "MiB", "TB", "e", "eib", "/s"] {
            _ = ByteCount(rate: text + unit)
        }
        for unit in ["", "ms", "s", "m", "h", "d", "m1s"] {
            if let time = Duration(parsing: text + unit) { #expect(time.seconds <= 1e9) }
        }
        _ = Rate(parsing: "\(text) 08:00-18:00 mon; \(text)")
        _ = Rate.hours("\(text):00-18:\(text)")
        _ = Rate.days(text)
        _ = try? Checksum(parsing: "sha256:\(text)")
        _ = try? SourceURL("http://h:\(text)/\(text)?\(text)")
        _ = JobID(text)
        if let number = try? Priority.parse(text) { #expect(Priority.allowed.contains(number)) }
    }

    @Test(
        arguments: [
            ("", true), ("1", true), ("8080", true), ("65535", true), ("65536", false),
            ("0", false),
            ("-1", false), ("18446744073709551697", false), ("99999999999999999999", false),
        ]
    )
    func `a proxy has a port or none`(port: String, isGood: Bool) {
        for host in ["http://h:", "socks5://[::1]:", "http://user:1@h:"] {
            #expect(ProxyAddress.hasPort(host + port) == isGood, "\(host)\(port)")
            #expect(ProxyAddress.hasPort(host + port + "/") == isGood, "\(host)\(port)")
        }
        #expect(ProxyAddress.hasPort("http://h"))
        #expect(ProxyAddress.hasPort("http://[::1]"))
        #expect((ProxyAddress.origin(of: "http://h:" + port) != nil) == isGood || port == "-1")
    }

    @Test(arguments: integers)
    func `a priority is in its range or refused with it`(number: Int64) {
        let number = Int(number)
        #expect(Priority.allowed.contains(Priority.raised(number, by: 1)))
        #expect(Priority.allowed.contains(Priority.raised(number, by: -1)))
        guard !Priority.allowed.contains(number) else { return }
        #expect { try Priority.check(number) } throws: { error in
            let failure = error as? Failure
            return failure?.code == .usage && failure?.message.contains("1000000") == true
        }
    }

    @Test func `a limit by time holds before 1970 and after everything`() throws {
        let rate = try #require(Rate(parsing: "5 00:00-12:00 mon-sun; 7"))
        for seconds in Self.doubles {
            _ = rate.bytes(at: Date(timeIntervalSince1970: seconds))
        }
        let utc = { LocalTime(Date(timeIntervalSince1970: $0), offset: 0) }
        // 1 January 1970 was a Thursday.
        let wednesday = try #require(Rate(parsing: "5 22:00-23:00 wed; 7"))
        #expect(wednesday.bytes(at: utc(-5400)) == 5)
        #expect(wednesday.bytes(at: utc(-9 * 86_400 + 1)) == 7)
        #expect(wednesday.bytes(at: utc(-7 * 86_400 - 5400)) == 5)
    }

    @Test(arguments: integers)
    func `pieces of any length keep inside the file`(length: Int64) throws {
        let digests = [UInt8](repeating: 7, count: 16 * 3)
        guard let pieces = try? PieceHashes(.md5, pieceLength: length, digests: digests) else {
            #expect(length <= 0 || length > ByteCount.limit)
            return
        }
        for whole in [0, 1, 1 << 53, ByteCount.limit] as [Int64] {
            _ = pieces.fit(length: whole)
            for piece in 0..<3 {
                let range = pieces.range(of: piece, length: whole)
                #expect(range.start >= 0 && range.end <= whole)
            }
        }
    }

    @Test(arguments: integers)
    func `a size in a stored request is one that a file can have`(number: Int64) throws {
        let request = JobRequest(url: try SourceURL("https://h/"), size: number)
        let data = try JSONEncoder().encode(request)
        let isSize = (0...ByteCount.limit).contains(number)
        #expect(
            (try? JSONDecoder().decode(JobRequest.self, from: data))?.size
                == (isSize ? number : nil)
        )
    }
}
