import Testing

@testable import ADMTransfer

/// RFC 9525 §6: whom a certificate is for.
@Suite struct PeerNamesTests {
    private func names(_ dns: String..., addresses: [[UInt8]] = []) -> PeerNames {
        PeerNames(dnsNames: dns.map { Array($0.utf8) }, addresses: addresses)
    }

    @Test(arguments: [
        ("example.org", "example.org"), ("EXAMPLE.org", "example.ORG"),
        ("example.org", "example.org."), ("*.example.org", "www.example.org"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("a_b.example.org", "a_b.example.org"),
        ("localhost", "localhost"),
    ])
    func `a name is for the host that it names`(name: String, host: String) {
        #expect(names("other.test", name).include(host))
    }

    @Test(arguments: [
        ("example.org", "www.example.org"), ("www.example.org", "example.org"),
        ("*.example.org", "example.org"), ("*.example.org", "a.b.example.org"),
        ("*.org", "example.org"), ("*", "localhost"), ("f*.example.org", "foo.example.org"),
        ("*f.example.org", "f.example.org"), ("www.*.org", "www.example.org"),
        ("*.*.org", "a.b.org"), ("example.org\0.evil.test", "example.org"),
        ("example.org", "example.org.."), ("", "example.org"), (".", "example.org"),
        (".example.org", "www.example.org"), ("example.org ", "example.org"),
        ("127.0.0.1", "127.0.0.1"), ("*.0.0.1", "127.0.0.1"), ("::1", "::1"),
        ("example.orgevil", "example.org"),
    ])
    func `a name is for no other host, and never for an address`(name: String, host: String) {
        #expect(!names(name).include(host))
    }

    @Test func `an address is for that address alone, however it is written`() {
        let loopback = names(addresses: [[127, 0, 0, 1]])
        #expect(loopback.include("127.0.0.1"))
        #expect(!loopback.include("127.0.0.2"))
        #expect(!loopback.include("localhost"))
        #expect(!loopback.include("bank.example"))
        let six = names(addresses: [[UInt8](repeating: 0, count: 15) + [1]])
        #expect(six.include("::1"))
        #expect(six.include("0:0:0:0:0:0:0:1"))
        #expect(!six.include("::2"))
        #expect(!six.include("127.0.0.1"))
    }

    @Test func `without names a certificate is for nobody`() {
        #expect(!PeerNames().include("example.org"))
        #expect(!PeerNames().include("127.0.0.1"))
        #expect(!PeerNames().include(""))
        #expect(!names("example.org").include(""))
    }

    @Test func `the message names whom the certificate is for, without control characters`() {
        let shown = WrongPeer(names("a\u{1B}[31m.test", addresses: [[192, 0, 2, 5]])).names
        #expect(shown == "a[31m.test, 192.0.2.5")
        #expect(WrongPeer(PeerNames()).names == "no name at all")
        #expect(WrongPeer(names(addresses: [[1, 2]])).names == "a malformed address")
    }
}
