import ADMModel
import Foundation
import Testing

/// Which requests a credential covers, and what a secret shows of itself.
struct CredentialTests {
    private func credential(_ origin: String, _ scope: String = "/") throws -> Credential {
        Credential(
            kind: .bearer,
            origin: try SourceURL(origin).origin,
            scope: try CredentialScope.parse(scope),
            store: .keyring
        )
    }

    @Test func `a credential covers its own origin alone`() throws {
        let own = try credential("https://example.com")
        #expect(own.covers(try SourceURL("https://example.com/a")))
        #expect(own.covers(try SourceURL("https://EXAMPLE.com:443/a?b")))
        for other in [
            "http://example.com/a", "https://example.com:8443/a", "https://example.com.evil/a",
            "https://sub.example.com/a", "https://xample.com/a", "https://example.com./a",
        ] { #expect(!own.covers(try SourceURL(other)), "\(other)") }
    }

    @Test func `a scope is a path with everything below it`() throws {
        let own = try credential("https://example.com", "/in/side/")
        for path in ["/in/side", "/in/side/", "/in/side/g%2Fp", "/in/side/a?x=/", "/in/side/a/b"] {
            #expect(own.covers(try SourceURL("https://example.com" + path)), "\(path)")
        }
        for path in [
            "/in", "/in/sideways", "/In/side/a", "/in/side/../out", "/in/side/%2e%2e/out",
            "/in/side/%2E./out", "/in/side/..%2fout", "/in/side/a%5c..",
        ] { #expect(!own.covers(try SourceURL("https://example.com" + path)), "\(path)") }
    }

    @Test(arguments: ["", "a", "/a b", "/a?b", "/a#b", "/../a", "/a/%2e%2E/b"])
    func `what is no path is no scope`(text: String) {
        #expect(throws: Failure.self) { try CredentialScope.parse(text) }
    }

    @Test func `a secret shows nothing of itself`() {
        let secret = Secret("canary")
        let grant = Grant(
            Credential(
                kind: .bearer,
                origin: .init(scheme: "https", host: "h", port: 443),
                store: .file
            ),
            secret
        )
        var dumped = ""
        dump(grant, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(grant)", dumped] {
            #expect(!text.contains("canary"))
        }
        #expect(secret.text == "canary")
        #expect(secret.equals(Secret("canary")))
        #expect(!secret.equals(Secret("canarz")))
    }

    @Test func `a proxy has a host and a port that can be`() throws {
        let origin = ProxyAddress.origin(of: "HTTP://Proxy.example:3128")
        #expect(origin == .init(scheme: "http", host: "proxy.example", port: 3128))
        #expect(ProxyAddress.origin(of: "socks5://[::1]")?.description == "socks5://[::1]:1080")
        for url in [
            "http://", "http://@:80", "http://[]:80", "http://proxy:0", "http://proxy:65536",
            "http://proxy:99999999999999999999", "proxy:3128", "",
        ] { #expect(ProxyAddress.origin(of: url) == nil, "\(url)") }
        for target in ["proxy.example:0", "http://proxy.example:65536", "http://[]"] {
            let failure = #expect(throws: Failure.self) {
                try LoginTarget.parse(target, isProxy: true)
            }
            #expect(failure?.code == .usage, "\(target)")
        }
    }

    @Test func `user name and password are taken out of a URL`() throws {
        let taken = try #require(
            try URLLogin.take(from: "https://al%40ice:p%3Aw@example.org/a/b.iso?c", into: .keyring)
        )
        #expect(taken.url == "https://example.org/a/b.iso?c")
        #expect(taken.login.credential.user == "al@ice")
        #expect(taken.login.credential.scope == "/a")
        #expect(taken.login.secret?.text == "p:w")
        #expect(try URLLogin.take(from: "https://example.org/@a:b@", into: .keyring) == nil)
        #expect(throws: Failure.self) {
            try URLLogin.take(from: "https://alice@example.org/", into: .keyring)
        }
    }
}
