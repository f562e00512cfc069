import ADMModel
import ADMTestSupport
import Testing

/// What is taken as a URL is taken again when it is read back.
@Suite struct SourceURLReadingTests {
    @Test(
        arguments: [
            "http://[]/", "https://[]:8443/", "http://[:]/", "http://[www.google.com]/",
            "http://[::1.]/", "http://[127.0.0.1]/", "http://[v1.x]/", "http://[::1]x/",
            "http://[::1]]/", "http://::1/", "http://./", "http://../", "http://a..b/",
            "http://:80/",
            "http://\(String(repeating: "a", count: 300))/", "http://a^b/", "http://a b/",
            "http:", "http:/", "http://?q", "http://#f", "http://%2F/", "http://a%20b/",
        ]
    )
    func `a host that cannot be one is refused`(text: String) {
        #expect { try SourceURL(text) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test(
        arguments: [
            "0", "65536", "99999", "18446744073709551696", "9223372036854775808", "-1", "+80", "8o",
            "99999999999999999999999999",
        ]
    )
    func `a port outside of 1 to 65535 is refused`(port: String) {
        #expect { try SourceURL("http://h:\(port)/") } throws: { error in
            (error as? Failure)?.message.contains("1 to 65535") == true
        }
    }

    @Test func `a URL is too long if its encoded form is`() throws {
        let long = "http://h/" + String(repeating: "ä", count: 25_000)
        #expect { try SourceURL(long) } throws: { error in
            let failure = error as? Failure
            return failure?.code == .usage && failure?.message.count ?? 0 < 500
        }
        let edge = "http://h/" + String(repeating: "ä", count: (SourceURL.longest - 9) / 6)
        let url = try SourceURL(edge)
        #expect(url.string.utf8.count <= SourceURL.longest)
        #expect(try SourceURL(url.string) == url)
    }

    @Test(
        arguments: [
            ("http://h/a%20bä", "http://h/a%20b%C3%A4"),
            ("http://h/?q=ä%2F", "http://h/?q=%C3%A4%2F"),
            ("http://h/p[q]|r", "http://h/p[q]|r"), ("http://h/100%", "http://h/100%"),
            ("http://h/p%zz?%", "http://h/p%zz?%"), ("http://h/^`{}", "http://h/%5E%60%7B%7D"),
            ("http://h/p?^`{}|'", "http://h/p?^`{}|'"),
            ("http://h/\"<>?\"<>", "http://h/%22%3C%3E?%22%3C%3E"),
            ("http://h/p#a#b", "http://h/p"), ("http://h/p?q#[%", "http://h/p?q"),
            ("  http://h/a b \n", "http://h/a%20b"), ("http://h/a\t\nb", "http://h/ab"),
            ("http://h\\a\\b?c\\d", "http://h/a/b?c\\d"), ("http:///h/x", "http://h/x"),
            ("http:h/x", "http://h/x"), ("http:/h/x", "http://h/x"),
            ("http://h/a/%2e%2E/b", "http://h/b"), ("http://h/a/.%2e/", "http://h/"),
            ("http://h/a/%2e", "http://h/a/"), ("http://h/a\u{1}b", "http://h/a%01b"),
            ("http://ex%61mple.org/", "http://example.org/"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
            ("http://2130706433/", "http://127.0.0.1/"),
            ("http://0177.0.0.1/", "http://127.0.0.1/"),
            ("http://127.1./", "http://127.0.0.1/"), ("http://@h/x", "http://h/x"),
            ("http://:@h/x", "http://h/x"), ("http://[0:0::1]/", "http://[::1]/"),
            ("http://[::FFFF:1.2.3.4]/", "http://[::ffff:1.2.3.4]/"),
            ("http://h:/x", "http://h/x"), ("http://h:080/x", "http://h/x"),
            ("http://h.:81/", "http://h.:81/"), ("http://h?q", "http://h/?q"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ]
    )
    func `what is encoded stays and what must be encoded is`(text: String, normal: String) throws {
        let url = try SourceURL(text)
        #expect(url.string == normal)
        #expect(try SourceURL(url.string) == url)
    }

    @Test(
        arguments: [
            ("/a b", "https://h/a%20b"), ("/a%20bä", "https://h/a%20b%C3%A4"),
            ("x/../../y", "https://h/y"), ("//o:1/x", "https://o:1/x"), ("#f", "https://h/a/f?q"),
            ("", "https://h/a/f?q"), ("http://o", "http://o/"), (" /t ", "https://h/t"),
            ("a\\b", "https://h/a/a/b"), ("\\\\o\\x", "https://o/x"), ("///o/x", "https://o/x"),
            ("https:x", "https://h/a/x"), ("https:/x", "https://h/x"),
            ("https:///o/x", "https://o/x"),
            ("http:o/x", "http://o/x"), ("?a b", "https://h/a/f?a%20b"), ("\tx\n", "https://h/a/x"),
            ("/100%", "https://h/100%"),
        ]
    )
    func `a reference is seen from the URL`(location: String, target: String) throws {
        #expect(try SourceURL("https://h/a/f?q").resolving(location: location).string == target)
    }

    @Test(
        arguments: [
            "http://1.2.3.4.5/", "http://0x100000000/", "http://a.0xfffffffffffffffffff/",
            "http://1.256.1.1/", "http://a.1/", "http://4294967296/",
            "http://1.2.3.0x100/", "http://ex%zz/", "http://a%00b/", "http://a b/",
        ]
    )
    func `a host that ends with a number is an address or none`(text: String) {
        #expect { try SourceURL(text) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test(arguments: [
        "ftp://o/x", "file:///etc/passwd", "data:,x", "javascript:x", "//u:canary@o/x",
    ])
    func `a reference to what adm does not fetch names who points there`(location: String) {
        #expect {
            try SourceURL("https://h/a?canary").resolving(location: location)
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .remoteProtocol
                && failure?.message.contains("https://h/a points to") == true
                && failure?.description.contains("canary") == false
        }
    }

    @Test(arguments: ["http://[]/", "http://h:99999/", "//[]/", "http://", "https://h:0/x"])
    func `a reference to nowhere is the fault of the server`(location: String) {
        #expect {
            try SourceURL("https://h/a").resolving(location: location)
        } throws: { ($0 as? Failure)?.code == .remoteProtocol }
    }

    @Test func `whatever is taken is read back as it was`() {
        let pieces = [
            "http", "https", "HTTP", ":", "//", "/", "[", "]", "::1", "[::1]", "127.0.0.1", "h",
            "H",
            "a.b", ".", "..", "-", "@", "?", "#", "%", "%41", "%2f", "%zz", "ä", "日本", "\u{0}", " ",
            "\t", "\\", "|", "^", "\"", "<", ":0", ":80", ":443", ":8080", ":99999", "&", "=",
            "a=1",
            "sig=x", "%25", "xn--", "ß", "\u{202E}", "🙂", String(repeating: "x", count: 300),
        ]
        var generator = SeededGenerator(seed: 11)
        var taken = 0
        for _ in 0..<60_000 {
            let count = Int.random(in: 1...7, using: &generator)
            var text = Bool.random(using: &generator) ? "http://h" : ""
            for _ in 0..<count { text += pieces.randomElement(using: &generator) ?? "" }
            guard let url = try? SourceURL(text) else { continue }
            taken += 1
            guard let again = try? SourceURL(url.string) else {
                Issue.record("\(text) was taken as \(url.string), which is not taken")
                continue
            }
            #expect(again == url && again.string == url.string, "\(text)")
            #expect(url.string.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(text)")
            if let target = try? url.resolving(location: text) {
                #expect((try? SourceURL(target.string)) == target)
            }
        }
        #expect(taken > 3_000)
    }
}
