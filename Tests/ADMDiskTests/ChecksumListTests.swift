import ADMDisk
import ADMModel
import ADMTestSupport
import Foundation
import Testing

@Suite struct ChecksumListTests {
    static let one = String(repeating: "1a", count: 32)
    static let two = String(repeating: "2B", count: 32)

    /// The digest of a file of this name in a list that comes from elsewhere.
    private func find(_ name: String, in text: String) throws -> Checksum? {
        try find(name, in: ChecksumList(Array(text.utf8)))
    }

    private func find(_ name: String, in list: ChecksumList) throws -> Checksum? {
        let url =
            "http://h/"
            + name.utf8.map { "%" + String(Int($0) | 256, radix: 16).dropFirst() }.joined()
        let place = try #require(FilePlace(try SourceURL(url)))
        guard case .digest(let checksum) = list.search(place) else { return nil }
        return checksum
    }

    @Test(arguments: [
        ("\(one)  a.iso\n\(two)  b.iso\n", "a.iso"),
        ("\(one) *a.iso\r\n\(two) *b.iso\r\n", "a.iso"),
        ("\(one) a.iso", "a.iso"),
        ("\(one)\ta.iso", "a.iso"),
        ("SHA256 (a.iso) = \(one)\nSHA256 (b.iso) = \(two)", "a.iso"),
        ("SHA2-256(a.iso)= \(one)", "a.iso"),
        ("SHA256 (a (1).iso) = \(one)", "a (1).iso"),
        ("SHA256 (a) = b) = \(one)", "a) = b"),
        ("# comment\n; other\n\n\u{FEFF}\(one)  a.iso", "a.iso"),
        ("\u{FEFF}\(one)  a.iso", "a.iso"),
        ("\(one)  ./a.iso", "a.iso"),
        ("\(one)  ./dir/a.iso\n\(two)  ./dir/b.iso", "a.iso"),
        ("\(one)  /abs/a.iso", "a.iso"),
        ("\(two)  old/a.iso\n\(one)  a.iso", "a.iso"),
        ("\\\(one)  a\\nb\\\\c\\r", "a\nb\\c\r"),
        ("\\SHA256 (a\\nb) = \(one)", "a\nb"),
        ("\(one)  with  two spaces ", "with  two spaces "),
        ("\(one)   leading", " leading"),
        ("\(one)\n", "anything"),
        ("\(one)  \r\n", "anything"),
        ("\(one.uppercased())  a.iso", "a.iso"),
        ("\(one)  -", "a.iso"),
        ("\(one)  Cafe\u{301}.txt", "Caf\u{E9}.txt"),
        ("garbage\n\(one)x  a.iso\nabc  a.iso\n\(one)  a.iso", "a.iso"),
        ("\(one)  a.iso\n\(one)  a.iso", "a.iso"),
        ("\(one)  x/a.iso\n\(one)  y/a.iso", "a.iso"),
    ])
    func `a file is found in a list`(text: String, name: String) throws {
        #expect(try find(name, in: text)?.description == "sha256:\(Self.one)")
    }

    @Test(arguments: [
        "", "\n\n", "\(one)  b.iso", "\(one)  xa.iso", "\(one)  a.iso.sig", "\(one)a.iso",
        "\(one)  x/a.iso\n\(two)  y/a.iso", "\(one)  a.iso\n\(two)  a.iso", "\(one)\n\(two)",
        "\(one)\n\(two)  b.iso", "SHA3-256 (a.iso) = \(one)", "SHA512 (a.iso) = \(one)",
        "BLAKE2b (a.iso) = \(one)\(one)", "#\(one)  a.iso", "\(one.dropLast())  a.iso",
        "a.iso  \(one)", "SHA256 () = \(one)", "= (a.iso) =", ")=(", "(a.iso)",
    ])
    func `a file that is not in a list is not found`(text: String) throws {
        #expect(try find("a.iso", in: text) == nil)
    }

    @Test func `a list with several algorithms answers with the strongest`() throws {
        let sha512 = String(repeating: "c", count: 128)
        let md5 = String(repeating: "d", count: 32)
        let text = "\(md5)  a\n\(sha512)  a\n\(Self.one)  a\n"
        #expect(try find("a", in: text)?.description == "sha512:\(sha512)")
    }

    @Test func `the frame of a signature is passed over, and what nobody signed`() throws {
        let text = """
            \(Self.two)  a.iso
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            # list
            \(Self.two)  b.iso
            - \(Self.one)  a.iso
            -----BEGIN PGP SIGNATURE-----

            \(Self.two)  a.iso
            -----END PGP SIGNATURE-----
            \(Self.two)  a.iso
            """
        #expect(try find("a.iso", in: text)?.hex == Self.one)
    }

    @Test(arguments: [
        ["sha256sum"], ["sha256sum", "--tag"], ["sha512sum", "-b"], ["sha1sum"],
        ["md5sum", "--tag"], ["cksum", "-a", "sha256"], ["cksum", "-a", "sha512", "--untagged"],
    ])
    func `what the usual tools print is understood`(command: [String]) async throws {
        let names = [
            "plain.txt", "two words", "back\\slash", "line\nfeed", "(x) = y", "ünï", "a:b", "*x",
            "~",
            " blank", "x..", ".hidden",
        ]
        try await Scratch.with { scratch in
            for name in names { try scratch.write("content of \(name)", to: name) }
            let printed = try await ChildProcess.text(
                of: command + ["--"] + names,
                in: scratch.path
            )
            for name in names {
                let found = try #require(try find(name, in: printed), "\(name)")
                var digest = StreamingDigest(found.algorithm)
                digest.update(Array("content of \(name)".utf8))
                #expect(found.hex == digest.finish())
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `P14 a list of a hundred thousand lines is searched`() throws {
        var lines = (0..<100_000).map { "\(Self.two)  pool/\($0)/file-\($0).deb" }
        lines[77_777] = "\(Self.one)  pool/a.iso"
        let text = lines.joined(separator: "\n")
        #expect(try find("a.iso", in: text)?.hex == Self.one)
    }
}
