import ADMModel
import ADMTestSupport
import Foundation
import Testing

@Suite struct ValueTests {
    @Test(
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("1 MiB", 1_048_576), ("1.5GiB", 1_610_612_736),
            ("500 kB", 500_000), ("2M", 2_097_152), ("10k", 10_240), ("1_000", 1000),
        ]
    )
    func `sizes are read as people write them`(text: String, bytes: Int64) {
        #expect(ByteCount(parsing: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "-1", "MiB", "1 parsec", "1e9", "99999999999 TiB", "0x10", "1..5"])
    func `CF3 other text is no size`(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test(
        arguments: [
            (0 as Int64, "0 B"), (999, "999 B"), (1023, "1.00 KiB"), (1024, "1.00 KiB"),
            (1_048_576, "1.00 MiB"), (67_108_864, "64.0 MiB"), (104_857_600, "100 MiB"),
            (1_072_693_248, "1.00 GiB"), (Int64.max, "8.00 EiB"),
        ]
    )
    func `sizes are written with three digits`(bytes: Int64, text: String) {
        #expect("\(ByteCount(bytes))" == text)
    }

    @Test(
        arguments: [
            ("30", 30.0), ("30s", 30), ("1m30s", 90), ("2h", 7200), ("500ms", 0.5), ("1d", 86_400),
            ("1.5", 1.5),
        ]
    )
    func `durations are read as people write them`(text: String, seconds: Double) {
        #expect(Duration(parsing: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "-1", "s", "1x", "1m30", "m5", "0x10", "1e3", "nan", "."])
    func `CF3 other text is no duration`(text: String) {
        #expect(Duration(parsing: text) == nil)
    }

    @Test func `waits double up to the cap and jitter stays below them`() {
        let policy = RetryPolicy(limit: 10, base: 1, cap: 60)
        #expect((1...8).map { policy.ceiling(attempt: $0) } == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(policy.ceiling(attempt: 10_000) == 60)
        #expect(policy.delay(attempt: 3, retryAfter: nil, random: 0.5) == 2)
        #expect(policy.delay(attempt: 3, retryAfter: nil, random: 0) == 0)
    }

    @Test func `Retry-After is a floor and counts a day at most`() {
        let policy = RetryPolicy()
        #expect(policy.delay(attempt: 1, retryAfter: 30, random: 0) == 30)
        #expect(policy.delay(attempt: 1, retryAfter: 1e9, random: 0) == 86_400)
        #expect(policy.delay(attempt: 1, retryAfter: -5, random: 0) == 0)
    }

    @Test func `segments merge and name their gaps`() {
        var map = SegmentMap([ByteRange(10, 20), ByteRange(30, 40)])
        map.insert(ByteRange(20, 30))
        #expect(map.ranges == [ByteRange(10, 40)])
        map.insert(ByteRange(5, 12))
        map.insert(ByteRange(50, 50))
        #expect(map.ranges == [ByteRange(5, 40)])
        #expect(map.count == 35)
        #expect(map.gaps(length: 60) == [ByteRange(0, 5), ByteRange(40, 60)])
        #expect(SegmentMap().gaps(length: 0).isEmpty)
    }

    @Test func `random segments cover exactly the bytes that were inserted`() {
        for seed in 0..<200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var map = SegmentMap()
            var bytes = Set<Int64>()
            for _ in 0..<12 {
                let start = Int64.random(in: 0..<60, using: &generator)
                let end = Int64.random(in: start...64, using: &generator)
                map.insert(ByteRange(start, end))
                bytes.formUnion(start..<end)
            }
            #expect(Set(map.ranges.flatMap { $0.start..<$0.end }) == bytes, "seed \(seed)")
            let missing = Set((0..<64 as Range<Int64>).filter { !bytes.contains($0) })
            #expect(Set(map.gaps(length: 64).flatMap { $0.start..<$0.end }) == missing)
        }
    }

    @Test func `a checksum knows its algorithm and length`() throws {
        let hex = String(repeating: "AB", count: 32)
        #expect(try Checksum(parsing: "SHA-256:\(hex)").description == "sha256:\(hex.lowercased())")
        for text in ["sha256:12", "crc32:12345678", "sha256", "", "md5:\(hex)", "sha1:zz"] {
            #expect { try Checksum(parsing: text) } throws: { ($0 as? Failure)?.code == .usage }
        }
    }

    @Test func `a checksum is written as other programs write it, too`() throws {
        let hex = String(repeating: "ab", count: 32)
        let base64 = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="
        for text in [
            hex, hex.uppercased(), " \(hex) ", "sha256:\(hex)", "sha-256=\(hex)",
            "sha256-\(base64)",
            "sha256:\(base64)", "SHA256=\(base64)",
        ] {
            #expect(try Checksum(parsing: text).description == "sha256:\(hex)", "\(text)")
        }
        for (count, algorithm) in [(16, "md5"), (20, "sha1"), (64, "sha512")] {
            let digits = String(repeating: "0f", count: count)
            #expect(try Checksum(parsing: digits).description == "\(algorithm):\(digits)")
        }
        for text in [
            String(hex.dropLast()), hex + "ab", "sha512:\(base64)", "sha512-\(base64)",
            "sha256-\(hex)x",
            "sha384:\(hex)", "sha256-", "-", "=", ":", base64, "sha256-\(base64.dropLast())",
        ] {
            #expect { try Checksum(parsing: text) } throws: { ($0 as? Failure)?.code == .usage }
        }
        let short = #expect(throws: Failure.self) { try Checksum(parsing: String(hex.dropLast())) }
        #expect(short?.message.contains("63 hexadecimal digits") == true)
        #expect(Checksum(.md5, bytes: [UInt8]()) == nil)
        #expect(
            Checksum(.md5, bytes: [UInt8](repeating: 15, count: 16))?.hex.hasPrefix("0f0f") == true
        )
    }

    @Test(arguments: ["work", "a", "client-2.x_y", "0"])
    func `WS12 good workspace names`(name: String) throws {
        #expect(try WorkspaceName(name).description == name)
    }

    @Test(arguments: [
        "", "Work", "-a", ".a", "a/b", "a..b", "all", "ä", String(repeating: "a", count: 64),
    ])
    func `WS12 bad workspace names`(name: String) {
        #expect { try WorkspaceName(name) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func `a slip of the finger finds the nearest word and nonsense finds none`() {
        #expect(
            NearestWord.to("max-conections", in: ["max-connections", "retries"])
                == "max-connections"
        )
        #expect(NearestWord.to("xyz", in: ["max-connections", "retries"]) == nil)
    }

    @Test(arguments: [
        ("lsit", "list"), ("lis", "list"), ("dowload", "download"), ("resum", "resume"),
        ("ad", "add"), ("runn", "run"), ("donwload", "download"), ("wrk", "work"),
    ])
    func `a letter too many, too few or exchanged is a slip`(word: String, wanted: String) {
        let verbs = ["list", "download", "resume", "add", "run", "get", "top", "work", "set"]
        #expect(NearestWord.to(word, in: verbs) == wanted)
    }

    @Test(arguments: [
        ("set", "get"), ("stop", "top"), ("user", "json"), ("lost", "host"), ("pause", "use"),
    ])
    func `a short word that begins otherwise is another word`(word: String, other: String) {
        #expect(NearestWord.to(word, in: [other]) == nil)
    }

    @Test func `secret header fields are known by name`() throws {
        for name in ["Authorization", "cookie", "X-Api-Key", "X-Auth-Token", "Proxy-Authorization"]
        {
            #expect(try HeaderField(name: name, value: "x").isSecret)
        }
        #expect(try !HeaderField(name: "Accept", value: "x").isSecret)
        var given = try HeaderField(name: "Accept", value: "canary")
        #expect(given.isSafeElsewhere)
        given.isGivenInSecret = true
        #expect(given.isSecret)
        #expect(!given.isSafeElsewhere)
        for text in ["NoColon", "Bad Name: x", "A: b\r\nB: c", "Range: bytes=0-", ": x"] {
            #expect { try HeaderField(parsing: text) } throws: { ($0 as? Failure)?.code == .usage }
        }
    }

    @Test func `the name of a header field is compared without regard to case and kept as written`()
        throws
    {
        let field = try HeaderField(parsing: "X-API-Key: a")
        #expect(field.name == "X-API-Key")
        #expect(field.canonicalName == "x-api-key")
        #expect(Set([field.canonicalName, "X-Api-KEY", "x-api-keys"]).count == 2)
    }

    @Test(arguments: [
        ("X-A:b", "b"), ("X-A: \t b c \t", "b c"), ("X-A: \u{33E}b", "\u{33E}b"), ("X-A:", ""),
        ("X-A: b \u{33E}", "b \u{33E}"), ("X-A: \t ", ""),
    ])
    func `white space around the value of a header field is not part of it`(
        text: String,
        value: String
    ) throws {
        let field = try HeaderField(parsing: text)
        #expect(Array(field.value.unicodeScalars) == Array(value.unicodeScalars))
        #expect(try HeaderField(parsing: "\(field.name): \(field.value)") == field)
    }

    @Test func `identifiers sort by time and survive being stored`() throws {
        let early = JobID(now: .init(timeIntervalSince1970: 1))
        let late = JobID(now: .init(timeIntervalSince1970: 2))
        #expect(early < late)
        #expect(JobID(early.description) == early)
        #expect(JobID("nonsense") == nil)
    }
}
