import ADMModel
import ADMTransfer
import Testing

@Suite struct DigestFieldTests {
    /// The example of RFC 9530 §2: `{"hello": "world"}` and a line feed.
    static let sha256 = "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="
    static let hex256 = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38"
    static let sha512 =
        "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCs"
        + "yRZOtw8MjkM7iw7yZ/WkppmM44T3qg=="

    @Test func `the example of the standard is read, the strongest first`() throws {
        let value = "sha-256=:\(Self.sha256):, sha-512=:\(Self.sha512):"
        let digests = DigestField.parse(value)
        #expect(digests.map(\.algorithm) == [.sha512, .sha256])
        #expect(digests.last?.hex == Self.hex256)
    }

    @Test func `unknown algorithms and parameters are passed over`() {
        let value = "crc32c=:AAAAAA==:;a=b,\tsha-256=:\(Self.sha256):;q=1, unixsum=::"
        #expect(DigestField.parse(value).map(\.hex) == [Self.hex256])
        #expect(DigestField.parse("unixsum=:AAA=:") == [])
    }

    @Test func `missing padding is added`() {
        #expect(
            DigestField.parse("sha-256=:\(Self.sha256.dropLast()):").map(\.hex) == [Self.hex256]
        )
    }

    @Test func `of one algorithm written twice the last counts`() {
        let other = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
        #expect(
            DigestField.parse("\(other), sha-256=:\(Self.sha256):").map(\.hex) == [Self.hex256]
        )
    }

    @Test func `weak algorithms come last`() {
        let value = "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:, sha=:2jmj7l5rSw0yVb/vlWAYkK/YBwk=:"
        #expect(DigestField.parse(value).map(\.algorithm) == [.sha1, .md5])
    }

    @Test(arguments: [
        "", " ", ",", "sha-256", "sha-256=", "sha-256=::", "sha-256=:AAAA:", "sha-256=?1",
        "sha-256=(:\(sha256):)",
        "sha-256=\(sha256)", "sha-256=\"\(sha256)\"", "SHA-256=:\(sha256):", "sha-256=:\(sha256)",
        "sha-256=:\(sha256):,", "sha-256=:\(sha256): x", "sha-256=:\(sha256):, ?",
        "sha-256=:!\(sha256.dropFirst()):", "=:\(sha256):", "sha-256=1, sha-512=:\(sha512)",
        "sha-256=:RK/0\nqy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
    ])
    func `a value that breaks the grammar holds no digest`(value: String) {
        #expect(DigestField.parse(value) == [])
    }

    @Test(arguments: [
        "sha-512=1", "sha-512=\"x\"", "sha-512", "sha-512=?0;a=\"b, c\"", "sha-512=(1 2);x",
        "sha-512=::",
        "sha-512=:AAAA:", "sha-512=@1", "sha-512=%\"%c3%bc, sha-256=\"", "unixsum=12",
        "sha-512=1.5",
        "crc32c=:AAAAAA==:;q=\"a=:b:, c\"",
    ])
    func `a member that is no digest takes nothing from the others`(member: String) {
        let good = "sha-256=:\(Self.sha256):"
        #expect(DigestField.parse("\(member), \(good)").map(\.hex) == [Self.hex256])
        #expect(DigestField.parse("\(good) ,\t\(member)").map(\.hex) == [Self.hex256])
    }
}
