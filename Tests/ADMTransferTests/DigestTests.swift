import ADMModel
import Testing

@testable import ADMTransfer

/// Digest authentication, with the example of RFC 7616 §3.9.1.
struct DigestTests {
    private static let field = """
        Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, \
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", \
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
        """

    private func grant(_ url: SourceURL) -> Grant {
        let credential = Credential(
            kind: .digest,
            origin: url.origin,
            user: "Mufasa",
            store: .keyring
        )
        return Grant(credential, Secret("Circle of Life"))
    }

    private func answer(_ field: String) throws -> String {
        let url = try SourceURL("http://www.example.org/dir/index.html")
        let challenge = try #require(DigestChallenge.strongest(in: [field]))
        var answer = DigestAnswer(
            challenge,
            clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
        )
        return answer.value(for: url, user: grant(url))
    }

    @Test func `the answer is that of the RFC, with SHA-256 and with MD5`() throws {
        let strong = try answer(Self.field)
        #expect(
            strong.contains(
                "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""
            )
        )
        #expect(strong.contains("nc=00000001"))
        #expect(strong.contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""))
        let weak = try answer(Self.field.replacing("SHA-256", with: "MD5"))
        #expect(weak.contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""))
    }

    @Test func `the count grows with each answer`() throws {
        let url = try SourceURL("http://www.example.org/a?b=c")
        var answer = DigestAnswer(try #require(DigestChallenge.strongest(in: [Self.field])))
        _ = answer.value(for: url, user: grant(url))
        let second = answer.value(for: url, user: grant(url))
        #expect(second.contains("nc=00000002"))
        #expect(second.contains("uri=\"/a?b=c\""))
    }

    @Test func `the strongest challenge is answered, and unknown ones are left out`() {
        let weak = "Digest realm=\"a\", nonce=\"1\", algorithm=MD5"
        let unknown = "Digest realm=\"a\", nonce=\"1\", algorithm=SHA-512-256"
        let integrity = "Digest realm=\"a\", nonce=\"1\", qop=\"auth-int\""
        let mixed =
            "Basic realm=\"say \\\"a, b\\\"\", Bearer, " + Self.field + ", Negotiate"
        #expect(DigestChallenge.strongest(in: [weak, mixed])?.algorithm == .sha256)
        #expect(DigestChallenge.strongest(in: [weak])?.hasAuthQuality == false)
        #expect(DigestChallenge.strongest(in: [unknown, integrity, "Basic realm=x", ""]) == nil)
        #expect(DigestChallenge.strongest(in: ["Digest realm=\"a", "Digest ,,=,"]) == nil)
    }
}
