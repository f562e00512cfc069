import ADMModel
import Testing

@Suite struct SourceURLTests {
    @Test(
        arguments: [
            ("HTTP://Example.ORG:80/a/../b?q=1#frag", "http://example.org/b?q=1"),
            ("https://example.org", "https://example.org/"),
            ("https://example.org:8443/x", "https://example.org:8443/x"),
            ("http://[::1]:8080/x", "http://[::1]:8080/x"),
            ("https://example.org/a%2Fb/./c", "https://example.org/a%2Fb/c"),
            ("https://example.org/../../x", "https://example.org/x"),
        ]
    )
    func `a URL is normalised once`(text: String, normal: String) throws {
        #expect(try SourceURL(text).string == normal)
    }

    @Test(
        arguments: [
            "", "http://exa mple/x", "http://[::1", "http://h:0/", "http://h:99999/", "http:///",
            "http:\\\\", "http://\u{1}/x", "example.org/file", "https://",
            "http://h:port/", "//h/x", "http://[fe80::1%25eth0]/x",
        ]
    )
    func `U3 text that is no URL is refused as usage`(text: String) {
        #expect { try SourceURL(text) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://h/x", "javascript:alert(1)", "data:,x", "gopher://h",
    ])
    func `U1 other schemes are refused by policy`(text: String) {
        #expect { try SourceURL(text) } throws: { ($0 as? Failure)?.code == .refused }
    }

    @Test func `U2 a password in the URL is refused and never shown`() {
        #expect { try SourceURL("https://alice:hunter2@example.org/x") } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.code == .refused && !failure.description.contains("hunter2")
        }
    }

    @Test func `a query is in no message but kept for the server`() throws {
        let url = try SourceURL("https://h/f?X-Amz-Signature=abc&part=2&&t=&bare")
        #expect(url.redacted == "https://h/f")
        #expect(url.masked == "https://h/f?X-Amz-Signature=***&part=***&&t=***&***")
        #expect("\(url)" == url.redacted)
        #expect(url.string.contains("abc"))
    }

    @Test(
        arguments: [
            ("/b", "https://h/b"), ("c", "https://h/a/c"), ("//other/x", "https://other/x"),
            ("http://plain/x", "http://plain/x"), ("?q", "https://h/a/f?q"),
        ]
    )
    func `U12 a redirect is resolved against the URL`(location: String, target: String) throws {
        #expect(try SourceURL("https://h/a/f").resolving(location: location).string == target)
    }

    @Test func `U11 the origin is scheme, host and port`() throws {
        let one = try SourceURL("https://h/x").origin
        #expect(one == (try SourceURL("https://H:443/y").origin))
        #expect(one != (try SourceURL("http://h/x").origin))
        #expect(one != (try SourceURL("https://h:444/x").origin))
        #expect(one != (try SourceURL("https://h.evil/x").origin))
    }

    @Test(arguments: [
        ("http://example.org", ""), ("http://example.org/", ""), ("http://example.org/a", "a"),
        ("http://example.org/a/", ""), ("http://example.org/a/b%2Fc?d/e", "b%2Fc"),
        ("http://example.org/a\u{301}", "a%CC%81"), ("http://example.org/\u{301}", "%CC%81"),
    ])
    func `the last segment is what follows the last slash of the path`(
        text: String,
        expected: String
    ) throws {
        #expect(try SourceURL(text).lastSegment == expected)
    }
}
