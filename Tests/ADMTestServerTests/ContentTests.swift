import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct ContentTests {
    private static let length: Int64 = 100_000
    private let file = TestFile("/file.bin", length: length, seed: 9)

    private func expected(_ start: Int64, _ end: Int64) -> Data {
        Data(file.body.bytes(in: ByteRange(start, end)))
    }

    private func fetch(
        _ options: String...,
        change: (inout Behaviour) -> Void = { _ in }
    ) async throws -> Curl {
        var file = file
        change(&file.behaviour)
        return try await TestServer.run(files: [file]) { server in
            let url = server.url(file.path)
            switch options.count {
            case 0: return try await Curl.fetch(url)
            case 1: return try await Curl.fetch(url, options[0])
            default: return try await Curl.fetch(url, options[0], options[1])
            }
        }
    }

    @Test func `a whole file comes with length, tag and dates`() async throws {
        let answer = try await fetch()
        #expect(answer.status == 0)
        #expect(answer.code == 200)
        #expect(answer.body == expected(0, 100_000))
        #expect(answer.header("Content-Length") == "100000")
        #expect(answer.header("Accept-Ranges") == "bytes")
        #expect(answer.header("ETag") == "\"9-0\"")
        #expect(answer.header("Last-Modified") == "Tue, 14 Nov 2023 22:13:20 GMT")
        #expect(answer.header("Date")?.hasSuffix(" GMT") == true)
    }

    @Test(arguments: [
        ("0-0", 0, 1), ("10-99", 10, 100), ("99990-", 99_990, 100_000), ("-5", 99_995, 100_000),
        ("99990-200000", 99_990, 100_000),
    ])
    func `a range is answered with that part`(range: String, start: Int64, end: Int64) async throws
    {
        let answer = try await fetch("-r", range)
        #expect(answer.code == 206)
        #expect(answer.body == expected(start, end))
        #expect(answer.header("Content-Range") == "bytes \(start)-\(end - 1)/100000")
        #expect(answer.header("Content-Length") == "\(end - start)")
    }

    @Test func `H4 a range behind the end is a 416 with the length`() async throws {
        let answer = try await fetch("-r", "100000-")
        #expect(answer.code == 416)
        #expect(answer.header("Content-Range") == "bytes */100000")
    }

    @Test(arguments: [Behaviour.Ranges.ignored, .refused, .announcedOnly])
    func `H1 a server without ranges sends the whole file`(ranges: Behaviour.Ranges) async throws {
        let answer = try await fetch("-r", "10-99") { $0.ranges = ranges }
        #expect(answer.code == 200)
        #expect(answer.body == expected(0, 100_000))
        let announced: [Behaviour.Ranges: String] = [.refused: "none", .announcedOnly: "bytes"]
        #expect(answer.header("Accept-Ranges") == announced[ranges])
    }

    @Test func `a part can come with status 200`() async throws {
        let answer = try await fetch("-r", "10-99") { $0.ranges = .partialWithStatus200 }
        #expect(answer.code == 200)
        #expect(answer.header("Content-Range") == "bytes 10-99/100000")
        #expect(answer.body == expected(10, 100))
    }

    @Test func `H2 a part can come as multipart`() async throws {
        let answer = try await fetch("-r", "10-99") { $0.ranges = .multipart }
        #expect(answer.code == 206)
        #expect(answer.header("Content-Type")?.hasPrefix("multipart/byteranges;") == true)
        #expect(answer.header("Content-Range") == nil)
        #expect(answer.body.range(of: expected(10, 100)) != nil)
        #expect(answer.header("Content-Length") == "\(answer.body.count)")
    }

    @Test func `two ranges come as multipart`() async throws {
        let answer = try await fetch("-r", "0-9,50-59")
        #expect(answer.code == 206)
        #expect(answer.body.range(of: expected(0, 10)) != nil)
        #expect(answer.body.range(of: expected(50, 60)) != nil)
    }

    @Test func `every range can be refused`() async throws {
        let answer = try await fetch("-r", "0-9") { $0.ranges = .unsatisfiable }
        #expect(answer.code == 416)
    }

    @Test(arguments: [Behaviour.Framing.chunked, .untilClose])
    func `a file can come without a length`(framing: Behaviour.Framing) async throws {
        let answer = try await fetch { $0.framing = framing }
        #expect(answer.status == 0)
        #expect(answer.header("Content-Length") == nil)
        #expect(answer.header("Transfer-Encoding") == (framing == .chunked ? "chunked" : nil))
        #expect(answer.body == expected(0, 100_000))
    }

    @Test func `HEAD brings the head alone`() async throws {
        let answer = try await fetch("--head")
        #expect(answer.code == 200)
        #expect(answer.header("Content-Length") == "100000")
    }

    @Test(arguments: [
        ("\"9-0\"", Behaviour.EntityTag.strong, 206), ("\"9-1\"", .strong, 200),
        ("W/\"9-0\"", .weak, 200), ("Tue, 14 Nov 2023 22:13:20 GMT", .none, 206),
        ("Tue, 14 Nov 2023 22:13:21 GMT", .none, 200),
    ])
    func `H3 If-Range is honoured`(
        condition: String,
        tag: Behaviour.EntityTag,
        code: Int
    ) async throws {
        var file = file
        file.behaviour.entityTag = tag
        try await TestServer.run(files: [file]) { server in
            let url = server.url(file.path)
            let answer = try await Curl.fetch(url, "-r", "5-9", "-H", "If-Range: \(condition)")
            #expect(answer.code == code)
        }
    }

    @Test(arguments: [
        ("\"other\"", Behaviour.IfRange.ignored, 206), ("\"9-0\"", .dropsRangeForTag, 200),
        ("Tue, 14 Nov 2023 22:13:20 GMT", .dropsRangeForTag, 206),
    ])
    func `H3 If-Range can be misunderstood`(
        condition: String,
        ifRange: Behaviour.IfRange,
        code: Int
    ) async throws {
        var file = file
        file.behaviour.ifRange = ifRange
        try await TestServer.run(files: [file]) { server in
            let url = server.url(file.path)
            let answer = try await Curl.fetch(url, "-r", "5-9", "-H", "If-Range: \(condition)")
            #expect(answer.code == code)
        }
    }

    @Test(arguments: [
        (
            Behaviour.ServedContentRange.claimsShift(3), "bytes 13-102/100000" as String?,
            10 as Int64
        ),
        (.servesShift(3), "bytes 13-102/100000", 13), (.total(7), "bytes 10-99/7", 10),
        (.unknownTotal, "bytes 10-99/*", 10), (.missing, nil, 10), (.literal("x"), "x", 10),
    ])
    func `H2 Content-Range can lie`(
        fault: Behaviour.ServedContentRange,
        header: String?,
        start: Int64
    ) async throws {
        let answer = try await fetch("-r", "10-99") { $0.contentRange = fault }
        #expect(answer.code == 206)
        #expect(answer.header("Content-Range") == header)
        #expect(answer.body == expected(start, start + 90))
    }

    @Test func `H5 Content-Length can promise too much`() async throws {
        let answer = try await fetch { $0.contentLength = .off(by: 5) }
        #expect(answer.header("Content-Length") == "100005")
        #expect(answer.status == 18)
        #expect(answer.body == expected(0, 100_000))
    }

    @Test func `H5 Content-Length can promise too little`() async throws {
        let answer = try await fetch { $0.contentLength = .off(by: -5) }
        #expect(answer.header("Content-Length") == "99995")
        #expect(answer.body == expected(0, 99_995))
    }

    @Test func `one byte can be sent wrong, wherever the range begins`() async throws {
        var wrong = expected(500, 600)
        wrong[77] = ~wrong[77]
        let answer = try await fetch("-r", "500-599") { $0.corruptByte = 577 }
        #expect(answer.body == wrong)
    }

    @Test func `headers can be added, lied about and padded`() async throws {
        let answer = try await fetch {
            $0.contentDisposition = "attachment; filename=\"../x\""
            $0.contentEncoding = "gzip"
            $0.reprDigest = "sha-256=:AAAA:"
            $0.contentDigest = { "sha-256=:\($0.count):" }
            $0.headers = [HeaderLine("Set-Cookie", "a=b")]
            $0.padding = Behaviour.Padding(lines: 50, valueLength: 300)
            $0.sendsDate = false
            $0.lastModified = nil
            $0.entityTag = .none
        }
        #expect(answer.header("Content-Disposition") == "attachment; filename=\"../x\"")
        #expect(answer.header("Content-Encoding") == "gzip")
        #expect(answer.header("Repr-Digest") == "sha-256=:AAAA:")
        #expect(answer.header("Content-Digest") == "sha-256=:100000:")
        #expect(answer.header("Set-Cookie") == "a=b")
        #expect(answer.header("X-Padding-49")?.count == 300)
        for name in ["Date", "Last-Modified", "ETag"] { #expect(answer.header(name) == nil) }
        #expect(answer.body == expected(0, 100_000))
    }

    @Test func `H10 interim answers come first`() async throws {
        let answer = try await fetch { $0.interimStatuses = [100, 103, 103] }
        #expect(answer.code == 200)
        #expect(answer.heads.components(separatedBy: "HTTP/1.1 103").count == 3)
        #expect(answer.body == expected(0, 100_000))
    }
}
