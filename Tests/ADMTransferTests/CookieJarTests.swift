import ADMModel
import Testing

@testable import ADMTransfer

/// Cookies that are set on the way (RFC 6265): who gets them, and who never does.
@Suite struct CookieJarTests {
    private static let now = 1_800_000_000.0

    private func sent(
        _ fields: [String],
        from: String = "https://www.example.org/a/b",
        to: String = "https://www.example.org/a/c",
        at time: Double = now
    ) throws -> String {
        var jar = CookieJar()
        jar.take(fields, from: try SourceURL(from), now: Self.now)
        return jar.pairs(for: try SourceURL(to), now: time).map { "\($0.name)=\($0.value)" }
            .joined(separator: "; ")
    }

    @Test(arguments: [
        ("a=1", "a=1"), ("a=1; Path=/", "a=1"), (" a = 1 ;Path=/", "a=1"), ("a=", "a="),
        ("a=b=c; HttpOnly; SameSite=Lax", "a=b=c"), ("a=\"q\"", "a=\"q\""), ("a", ""), ("=1", ""),
        ("", ""), (";", ""), ("a=1; Path=nonsense", "a=1"), ("a=\u{1}", ""),
    ])
    func `a field is read as browsers read it`(field: String, expected: String) throws {
        #expect(try sent([field]) == expected)
    }

    @Test(arguments: [
        ("https://www.example.org/", true), ("https://www.example.org:8443/x", true),
        ("https://example.org/", false), ("https://a.www.example.org/", false),
        ("https://xwww.example.org/", false), ("https://other.example/", false),
    ])
    func `without a domain only the host gets it`(url: String, isSent: Bool) throws {
        #expect(try sent(["a=1; Path=/"], to: url) == (isSent ? "a=1" : ""))
    }

    @Test(arguments: [
        ("example.org", "https://cdn.example.org/", true),
        (".example.org", "https://example.org/", true),
        ("EXAMPLE.org", "https://cdn.example.org/", true),
        ("example.org", "https://badexample.org/", false), ("org", "https://example.org/", false),
        ("org", "https://www.example.org/", false),
        ("other.example", "https://other.example/", false),
        ("cdn.example.org", "https://cdn.example.org/", false),
    ])
    func `a domain counts for hosts below it, if the server is one of them`(
        domain: String,
        url: String,
        isSent: Bool
    ) throws {
        #expect(try sent(["a=1; Path=/; Domain=\(domain)"], to: url) == (isSent ? "a=1" : ""))
    }

    @Test func `an address has no subdomains`() throws {
        #expect(
            try sent(
                ["a=1; Path=/; Domain=0.0.1"],
                from: "http://127.0.0.1/",
                to: "http://127.0.0.1/"
            ) == ""
        )
        #expect(
            try sent(
                ["a=1; Path=/; Domain=127.0.0.1"],
                from: "http://127.0.0.1:1/",
                to: "http://127.0.0.1:2/"
            ) == "a=1"
        )
    }

    @Test(arguments: [
        ("/a", "/a", true), ("/a", "/a/x", true), ("/a/", "/a/x", true), ("/a", "/ab", false),
        ("/a/", "/a", false), ("/b", "/a", false), ("/", "/anything", true),
    ])
    func `a path counts for what lies below it`(path: String, target: String, isSent: Bool) throws {
        let cookie = try sent(["a=1; Path=\(path)"], to: "https://www.example.org" + target)
        #expect(cookie == (isSent ? "a=1" : ""))
    }

    @Test func `the default path is the directory of the URL`() throws {
        #expect(try sent(["a=1"], to: "https://www.example.org/a/z") == "a=1")
        #expect(try sent(["a=1"], to: "https://www.example.org/z") == "")
    }

    @Test func `what came over https never goes to http, and http sets nothing secure`() throws {
        let plain = "http://www.example.org/a/c"
        #expect(try sent(["a=1"], to: plain) == "")
        #expect(try sent(["a=1; Secure"], to: plain) == "")
        #expect(try sent(["a=1; Secure"], from: plain) == "")
        #expect(try sent(["a=1"], from: plain) == "a=1")
        #expect(try sent(["a=1"], from: plain, to: plain) == "a=1")
        #expect(try sent(["__Secure-a=1"]) == "")
        #expect(try sent(["__Host-a=1; Secure; Path=/; Domain=www.example.org"]) == "")
        #expect(try sent(["__Host-a=1; Secure; Path=/"]) == "__Host-a=1")
    }

    @Test(arguments: [
        ("Max-Age=10", 5.0, true), ("Max-Age=10", 11, false), ("Max-Age=0", 0, false),
        ("Max-Age=-1", 0, false), ("Max-Age=99999999999999999999", 1e9, true),
        ("Max-Age=soon", 1e9, true), ("Expires=Fri, 15 Jan 2027 08:00:10 GMT", 5, true),
        ("Expires=Fri, 15-Jan-2027 08:00:10 GMT", 11, false),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, false), ("Expires=never", 1e9, true),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10", 5, true),
    ])
    func `it ends when it says`(attribute: String, later: Double, isSent: Bool) throws {
        let cookie = try sent(["a=1; " + attribute], at: Self.now + later)
        #expect(cookie == (isSent ? "a=1" : ""))
    }

    @Test func `a later one replaces the former, or ends it`() throws {
        #expect(try sent(["a=1; Path=/", "a=2; Path=/"]) == "a=2")
        #expect(try sent(["a=1; Path=/", "a=; Path=/; Max-Age=0"]) == "")
        #expect(try sent(["a=1; Path=/", "a=2; Path=/a"]) == "a=2; a=1", "the longest path first")
    }

    @Test func `a server cannot fill the memory`() throws {
        let many = (0..<1000).map { "c\($0)=1; Path=/" }
        #expect(try sent(many).split(separator: ";").count == 64)
        #expect(try sent(["a=" + String(repeating: "x", count: 5000)]) == "")
    }

    @Test func `cookies of the person stay, except those that the server sets`() throws {
        let fields = try [
            HeaderField(name: "Accept", value: "*/*"),
            HeaderField(name: "cookie", value: "a=1; b=2"),
        ]
        let added = CookieJar.adding([("b", "3"), ("c", "4")], to: fields)
        #expect(added.map(\.name) == ["Accept", "Cookie"])
        #expect(added.last?.value == "a=1; b=3; c=4")
        #expect(CookieJar.adding([], to: fields) == fields)
    }
}
