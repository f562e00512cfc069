import ADMModel
import NIOCore
import Testing

@testable import ADMTransfer

/// RFC 9110 §9.3.6, RFC 1928, RFC 1929: what is said to proxies.
@Suite struct ProxyConversationTests {
    private func route(_ host: String, proxy: String, login: Bool = false) throws -> Route {
        let origin = SourceURL.Origin(scheme: "https", host: host, port: 8443)
        let grant = Grant(
            Credential(kind: .proxy, origin: origin, user: "me", store: .environment),
            Secret("pw")
        )
        return Route(origin: origin, proxy: try ProxyEndpoint(proxy, login: login ? grant : nil))
    }

    private func socks(
        _ answers: [[UInt8]],
        login: Bool = false,
        host: String = "a.test"
    ) throws
        -> [[UInt8]?]
    {
        var conversation = SOCKSConversation(
            try route(host, proxy: "socks5://127.0.0.1:1080", login: login)
        )
        var held = ByteBuffer()
        return try answers.map { answer in
            held.writeBytes(answer)
            return try conversation.answer(to: &held)
        }
    }

    @Test func `a tunnel is asked for by name and port, with the login`() throws {
        let conversation = ConnectConversation(
            try route("::1", proxy: "http://127.0.0.1:3128", login: true),
            userAgent: "adm"
        )
        let text = String(decoding: conversation.opening, as: UTF8.self)
        #expect(text.hasPrefix("CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n"))
        #expect(text.contains("Proxy-Authorization: Basic bWU6cHc=\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        ("HTTP/1.1 200 Connection established\r\n\r\n", nil),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", nil), ("HTTP/1.1 299 x\r\n\r\n", nil),
        ("HTTP/1.1 407 x\r\n\r\n", Failure.Code.authentication),
        ("HTTP/1.1 403 x\r\n\r\n", .network), ("HTTP/1.1 302 x\r\nLocation: /\r\n\r\n", .network),
    ])
    func `only a success opens the tunnel`(answer: String, code: Failure.Code?) throws {
        var conversation = ConnectConversation(
            try route("a.test", proxy: "http://127.0.0.1:3128"),
            userAgent: "adm"
        )
        var held = ByteBuffer(string: String(answer.prefix(9)))
        #expect(try conversation.answer(to: &held) == [])
        held.writeString(String(answer.dropFirst(9)))
        do {
            #expect(try conversation.answer(to: &held) == nil)
            #expect(code == nil)
            #expect(held.readableBytes == 0)
        } catch let failure as Failure { #expect(failure.code == code) }
    }

    @Test func `SOCKS is told the name, and its reply is read whole`() throws {
        let said = try socks([[5], [0], [5, 0, 0], [3, 4], Array("host".utf8), [0], [80]])
        #expect(said[0] == [])
        #expect(said[1] == [5, 1, 0, 3, 6] + Array("a.test".utf8) + [0x20, 0xFB])
        #expect(said[2...5].allSatisfy { $0 == [] })
        #expect(said[6] == nil)
        let four = try socks([[5, 0], [5, 0, 0, 1, 1, 2, 3, 4, 0, 80]], host: "192.0.2.5")
        #expect(four == [[5, 1, 0, 1, 192, 0, 2, 5, 0x20, 0xFB], nil])
    }

    @Test func `SOCKS is told user name and password if it asks`() throws {
        let said = try socks([[5, 2], [1, 0]], login: true)
        #expect(said[0] == [1, 2] + Array("me".utf8) + [2] + Array("pw".utf8))
        #expect(said[1]?.first == 5)
    }

    @Test(arguments: [
        ([[5, 0xFF]], Failure.Code.authentication), ([[5, 2]], .authentication),
        ([[4, 0]], .network), ([[72, 84]], .network), ([[5, 0], [5, 2]], .network),
        ([[5, 0], [5, 5, 0, 1]], .network), ([[5, 0], [5, 0, 0, 9, 0]], .network),
    ])
    func `a SOCKS proxy that refuses or makes no sense is a failure`(
        answers: [[UInt8]],
        code: Failure.Code
    ) {
        #expect { try socks(answers) } throws: { ($0 as? Failure)?.code == code }
    }

    @Test(arguments: [
        "ftp://a:1", "http://", "http://a:99999999", "a", "", "http://u:p@a:1", "socks4://a",
    ])
    func `what is not the URL of a proxy is refused`(text: String) {
        #expect { try ProxyEndpoint(text, login: nil) } throws: {
            ($0 as? Failure)?.code == .configuration
        }
    }
}
