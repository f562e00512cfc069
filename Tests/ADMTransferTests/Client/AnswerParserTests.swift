import NIOCore
import NIOHTTP1
import Testing

@testable import ADMTransfer

/// RFC 9112: answers out of bytes, whole or byte by byte.
@Suite struct AnswerParserTests {
    /// What a connection said until it ended.
    private struct Reading: Equatable {
        var status: UInt?
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        var isReusable: Bool?
        var problem: AnswerProblem?
    }

    private func read(_ text: String, isClosed: Bool = true, step: Int = .max) -> Reading {
        read(Array(text.utf8), isClosed: isClosed, step: step)
    }

    private func read(_ bytes: [UInt8], isClosed: Bool = true, step: Int = .max) -> Reading {
        var parser = AnswerParser()
        var reading = Reading()
        var held = ByteBuffer()
        var rest = bytes[...]
        do {
            while !rest.isEmpty, reading.isReusable == nil {
                held.writeBytes(rest.prefix(step))
                rest = rest.dropFirst(step)
                while reading.isReusable == nil, let event = try parser.next(&held) {
                    take(event, &reading)
                }
            }
            if reading.isReusable == nil, isClosed { take(try parser.endOfInput(), &reading) }
        } catch { reading.problem = error }
        return reading
    }

    private func take(_ event: AnswerParser.Event, _ reading: inout Reading) {
        switch event {
        case .head(let head):
            reading.status = head.status.code
            for field in head.headers { reading.fields[field.name.lowercased()] = field.value }
        case .body(let bytes): reading.body += bytes.readableBytesView
        case .end(let isReusable): reading.isReusable = isReusable
        }
    }

    private func expectHello(_ text: String, isReusable: Bool = true) {
        for step in [1, 2, 3, 7, .max] {
            let reading = read(text, isClosed: !isReusable, step: step)
            #expect(reading.problem == nil, "\(text.debugDescription) by \(step)")
            #expect(reading.status == 200)
            #expect(String(decoding: reading.body, as: UTF8.self) == "hello")
            #expect(reading.isReusable == isReusable, "\(text.debugDescription) by \(step)")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
        "http/1.1 200 fine\r\nContent-Length: 5\r\n\r\nhello",
        "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length : \t5 \r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\n\tc\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nnonsense\r\n: empty\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 103 Early\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0005  \r\nhello\r\n0 \r\n\r\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;a=\"b c\"\nhello\n0;x\nA: b\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ])
    func `an answer is read as servers write it, however it is cut`(text: String) {
        expectHello(text)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.0 200 OK\r\n\r\nhello", "ICY 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ])
    func `what ends with the connection is whole, and nothing follows it`(text: String) {
        expectHello(text, isReusable: false)
    }

    @Test func `bytes behind an answer are not part of it, and end the connection`() {
        let reading = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello")
        #expect(reading.body == Array("he".utf8))
        #expect(reading.isReusable == false)
    }

    @Test(arguments: [204, 304])
    func `some answers have no body, whatever they say`(status: Int) {
        let reading = read("HTTP/1.1 \(status) X\r\nContent-Length: 9\r\n\r\n", isClosed: false)
        #expect(reading.isReusable == true)
        #expect(reading.body.isEmpty)
    }

    @Test(arguments: [
        "gzip, chunked", "gzip", "chunked, gzip", "chunked, chunked", "deflate", "x",
    ])
    func `a transfer coding other than chunked is refused, not saved`(coding: String) {
        let reading = read("HTTP/1.1 200 OK\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n")
        guard case .framing? = reading.problem else {
            Issue.record("\(coding): \(reading)")
            return
        }
        #expect(reading.status == nil)
    }

    @Test(arguments: [
        "5, 6", "-5", "0x5", "5 5", "99999999999999999999", "9223372036854775808", "five", "++5",
        "5;5", "1e3",
    ])
    func `H2 a length that could be read in two ways is refused`(length: String) {
        let reading = read("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhello")
        guard case .framing? = reading.problem else {
            Issue.record("\(length): \(reading)")
            return
        }
    }

    @Test func `the longest length that fits is taken`() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nhello"
        #expect(read(text).problem == .cutOff("before the end of its body"))
    }

    @Test(arguments: [
        "g\r\n", "-1\r\n", "\r\n", " 5\r\n", "5 5\r\n", "fffffffffffffffff\r\n", "5\r\nhelloX",
        "5\r\nhello!\r\n",
    ])
    func `a chunk that cannot be read is refused`(chunk: String) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\r\n0\r\n\r\n"
        guard case .framing? = read(text).problem else {
            Issue.record("\(chunk.debugDescription): \(read(text))")
            return
        }
    }

    @Test(arguments: [
        "hello world\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 abc X\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ])
    func `what is not HTTP is said to be that`(text: String) {
        guard case .notHTTP? = read(text).problem else {
            Issue.record("\(text.debugDescription): \(read(text))")
            return
        }
    }

    @Test func `an end in the middle is told from none at all`() {
        #expect(read("").problem == .closedUnanswered)
        #expect(read("HTTP/1.1 200 OK\r\nCont").problem == .cutOff("in the middle of its head"))
        let body = AnswerProblem.cutOff("before the end of its body")
        #expect(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").problem == body)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        #expect(read(chunked).problem == body)
    }

    @Test func `M2 a head without end is given up, in bytes, lines and hints`() {
        let long = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: AnswerParser.headLimit)
        #expect(read(long, isClosed: false, step: 4_096).problem == .headTooLarge)
        let many = "HTTP/1.1 200 OK\r\n" + String(repeating: "a:b\n", count: 10_000)
        #expect(read(many, isClosed: false, step: 4_096).problem == .headTooLarge)
        let hints = String(repeating: "HTTP/1.1 102 X\r\n\r\n", count: 100)
        guard case .notHTTP? = read(hints, isClosed: false).problem else {
            Issue.record("hints without end are read")
            return
        }
        let lines = String(repeating: "\r\n", count: 100)
        guard case .notHTTP? = read(lines, isClosed: false).problem else {
            Issue.record("empty lines without end are read")
            return
        }
        let trailer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            + String(repeating: "a: b\r\n", count: 100_000)
        #expect(read(trailer, isClosed: false, step: 4_096).problem == .headTooLarge)
    }

    @Test func `a field of 60 KB and bytes that are not UTF-8 are taken`() {
        let big = String(repeating: "v", count: 60_000)
        let head = Array("HTTP/1.1 200 D\u{E9}j\u{E0}\r\nX-Big: \(big)\r\nX-Raw: ".utf8)
        let reading = read(head + [0xE4, 0x20, 0xFF] + Array("\r\nContent-Length: 0\r\n\r\n".utf8))
        #expect(reading.problem == nil)
        #expect(reading.fields["x-big"] == big)
        #expect(reading.fields["x-raw"] == "\u{E4} \u{FF}")
        #expect(
            read("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n").problem
                == .framing("its head holds a NUL byte")
        )
    }

    @Test func `text is UTF-8 or ISO 8859-1, and a byte of a URL stays that byte`() {
        let latin = "caf\u{E9}".unicodeScalars.map { UInt8($0.value) }
        let start = Array("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n".utf8)
        func field(_ name: String, _ value: [UInt8]) -> String? {
            read(start + Array("\(name): ".utf8) + value + Array("\r\n\r\n".utf8))
                .fields[name.lowercased()]
        }
        #expect(field("Content-Disposition", latin) == "caf\u{E9}")
        #expect(field("Content-Disposition", Array("caf\u{E9}".utf8)) == "caf\u{E9}")
        for name in ["Location", "link"] {
            #expect(field(name, latin) == "caf%E9")
            #expect(field(name, Array("caf\u{E9}".utf8)) == "caf\u{E9}")
        }
    }
}
