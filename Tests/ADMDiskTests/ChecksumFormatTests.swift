import ADMDisk
import ADMModel
import Testing

/// The forms in which lists of digests are found.
@Suite struct ChecksumFormatTests {
    private static let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    private static let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    private static let md5 = "d41d8cd98f00b204e9800998ecf8427e"
    private static let sha512 =
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f"
        + "63b931bd47417a81a538327af927da3e"
    private static let other = String(repeating: "0b", count: 32)

    private static let pairs = groups(md5, 2).joined(separator: " ")
    private static let whole = groups(sha256, 8).joined(separator: " ")
    private static let first = groups(sha256, 8)[..<4].joined(separator: " ")
    private static let last = groups(sha256, 8)[4...].joined(separator: " ")
    private static let bytes = groups(sha256, 2).joined(separator: " ")
    private static let rmd = "9C11 85A5 C5E9 FC54 6128  0897 7EE8 F548 B225 8D31"

    /// Digits in groups, as gpg writes them.
    private static func groups(_ hex: String, _ size: Int) -> [String] {
        stride(from: 0, to: hex.count, by: size).map { start in
            String(hex.uppercased().dropFirst(start).prefix(size))
        }
    }

    private func answer(
        _ text: String,
        _ name: String = "a.iso",
        list: String = ""
    ) throws -> ChecksumList.Answer {
        try answer(Array(text.utf8), name, list: list)
    }

    private func answer(
        _ bytes: [UInt8],
        _ name: String = "a.iso",
        list: String = ""
    ) throws -> ChecksumList.Answer {
        let place = try #require(FilePlace(try SourceURL("https://h/"), named: name))
        return ChecksumList(bytes, named: list).search(place)
    }

    private func right(_ algorithm: DigestAlgorithm = .sha256) throws -> ChecksumList.Answer {
        let hex =
            switch algorithm {
            case .sha256: Self.sha256
            case .sha512: Self.sha512
            default: Self.md5
            }
        return .digest(try Checksum(algorithm, hex: hex))
    }

    @Test(arguments: [
        "a.iso: \(first)\n       \(last)\n", "a.iso: \n\(whole)\n", "a.iso: SHA256 = \(whole)\n",
        "a.iso:    MD5 = \(pairs)\na.iso: SHA256 = \(first)\n   \(last)\na.iso: RMD160 = \(rmd)\n",
        "a.iso: \n   MD5 = \(pairs)\na.iso: \nSHA256 = \(first)\n         \(last)\n",
        "b.iso: \(pairs)\r\na.iso: \(whole)\r\n", "\(first)\n\(last)",
    ])
    func `the groups of gpg are put together`(text: String) throws {
        #expect(try answer(text) == right())
    }

    @Test func `every length of gpg is known, and its half is nothing`() throws {
        for (hex, size, algorithm) in [
            (Self.md5, 2, DigestAlgorithm.md5), (Self.sha512, 8, .sha512),
        ] {
            let groups = Self.groups(hex, size)
            let text = "a.iso: " + groups.joined(separator: " ")
            #expect(try answer(text) == right(algorithm))
            let half = "a.iso: " + groups[..<(groups.count / 2)].joined(separator: " ")
            #expect(try answer(half, list: "a.iso.\(algorithm.rawValue)") == .nothing)
        }
        // Half of a SHA-256 has as many digits as an MD5, and half of a SHA-512 as many as a SHA-256.
        let half = Self.groups(Self.sha256, 8)[..<4].joined(separator: " ")
        #expect(try answer("a.iso: \(half)\n") == .nothing)
        #expect(try answer(half) == .nothing)
        #expect(try answer(String(Self.sha256.prefix(32)), list: "a.iso.sha256") == .nothing)
        #expect(try answer("\(Self.md5)\n\(Self.md5)\n") == .nothing)
        #expect(try answer("SHA256 (a.iso) = \(Self.md5)") == .nothing)
        #expect(try answer("sha256:\(Self.md5)  a.iso") == .nothing)
    }

    @Test(arguments: [
        "SHA2-256(a.iso)= \(sha256)", "SHA256 (a.iso) = \(base64)", "sha-256 (a.iso) = \(sha256)",
        "SHA2-256(stdin)= \(sha256)",
        "sha256:\(sha256)", "sha256:\(sha256)  a.iso", "sha256: \(sha256)", "SHA-256=\(sha256)",
        "sha256-\(base64)", "sha256-\(base64)  a.iso", "\(base64)  a.iso", "SHA256 \(sha256) a.iso",
        "a.iso: \(sha256)", "a.iso: sha256:\(sha256)", "a.iso sha256:\(sha256)",
        "a.iso:\n  MD5: \(md5)\n  SHA-256: \(sha256)\n", "SHA-256 checksum:\n\(sha256)\n",
        "SHA256:\n\(sha256)\n", "SHA256:\n\n\(sha256) *a.iso\n", "md5: \(md5)\nsha256: \(sha256)\n",
        "# sha256\n\(sha256)\n", "\(sha256)  *a.iso", "\(sha256)   a.iso", "  \(sha256)  a.iso",
        "\(sha256)  C:\\dir\\a.iso", "\(sha256) *.\\dir\\a.iso",
        "SHA256 hash of C:\\dir\\a.iso:\r\n\(sha256)\r\nCertUtil: completed successfully.\r\n",
        "SHA256 hash of file a.iso:\n\(bytes)\n",
    ])
    func `a digest with its algorithm or its file is read in any usual form`(text: String) throws {
        #expect(try answer(text) == right())
    }

    @Test(arguments: [
        "\r\nAlgorithm       Hash                       Path\r\n---------       ----    ----\r\n"
            + "SHA256          \(sha256.uppercased())       C:\\Users\\x\\a.iso\r\n\r\n",
        "\nAlgorithm : SHA256\nHash      : \(sha256.uppercased())\nPath      : C:\\Users\\a.iso\n\n"
            + "Algorithm : SHA256\nHash      : \(other)\nPath      : C:\\Users\\b.iso\n",
        "Algorithm : SHA256\nHash      : \(sha256.prefix(40))\n            \(sha256.dropFirst(40))\n"
            + "Path      : C:\\very\\long\\pa\n            th\\a.iso\n",
        "\"Algorithm\",\"Hash\",\"Path\"\n\"SHA256\",\"\(sha256)\",\"C:\\x\\a.iso\"\n",
    ])
    func `what Get-FileHash prints is understood, in UTF-16 too`(text: String) throws {
        #expect(try answer(text) == right())
        #expect(try answer(text, "pa") == .nothing)
        for isLittle in [true, false] {
            let bytes = ("\u{FEFF}" + text).utf16.flatMap { unit -> [UInt8] in
                let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
                return isLittle ? [low, high] : [high, low]
            }
            #expect(try answer(bytes) == right())
            // A byte that was cut off harms nothing.
            #expect(try answer(Array(bytes.dropLast())) == right())
        }
    }

    @Test func `Debian's control files are read`() throws {
        let dsc = """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA512

            Format: 3.0 (quilt)
            Package-List:
             a deb utils optional arch=any
            Checksums-Sha1:
             \(String(repeating: "1", count: 40)) 100 a.iso
            Checksums-Sha256:
             \(Self.other) 20 b.iso
             \(Self.sha256) 100 a.iso
            Files:
             \(Self.md5) 100 a.iso

            -----BEGIN PGP SIGNATURE-----
            """
        #expect(try answer(dsc) == right())
        let release = """
            Origin: Debian
            MD5Sum:
             \(Self.md5)  1484322 main/a.iso
             \(String(repeating: "2", count: 32))  7 main/b.iso
            SHA256:
             \(Self.other)  7 main/b.iso
            """
        let list = ChecksumList(Array(release.utf8), named: "Release")
        let url = try SourceURL("https://h/dists/x/main/a.iso")
        let place = try #require(FilePlace(url))
        let lists = [try SourceURL("https://h/dists/x/Release")]
        #expect(list.search(place, lists: lists) == (try right(.md5)))
        #expect(list.search(place, lists: lists, only: .sha256) == .nothing)
        let changes = "Files:\n \(Self.md5) 100 utils optional a.iso\n"
        #expect(try answer(changes) == right(.md5))
    }

    @Test(arguments: [
        ("BLAKE2b (a.iso) = \(sha512)", "", "BLAKE2b"),
        ("SHA3-256 (a.iso) = \(sha256)", "", "SHA3-256"),
        ("SHA512/256 (a.iso) = \(sha256)", "", "SHA512/256"), ("\(sha512)  a.iso", "B2SUMS", "b2"),
        ("\(sha256)  a.iso", "SHA3-256SUMS", "sha3-256"), ("\(sha256)", "a.iso.b3", "b3"),
        ("SHA3-256:\n\n\(sha256)  a.iso", "", "SHA3-256"),
        ("sha384:\(sha256)\(md5)  a.iso", "", "sha384"),
        ("\(sha256)\(md5)  a.iso", "", "sha384"), ("a.iso: RMD160 = 9C11 85A5", "", "RMD160"),
    ])
    func `a digest of an algorithm that adm does not know is no other digest`(
        text: String,
        list: String,
        name: String
    ) throws {
        #expect(try answer(text, list: list) == .foreign([name]))
    }

    @Test(
        arguments: [
            ("SHA256SUMS", "sha256"), ("SHA256SUMS.asc", "sha256"), ("a.iso.sha512", "sha512"),
            ("sha256sum.txt", "sha256"), ("tool_1.0_sha512_checksums.txt", "sha512"),
            ("MD5SUMS", "md5"),
            ("md5-tools-1.0.tar.gz.sha256", "sha256"), ("SHASUMS256.txt", nil),
            ("md5-tools.tar.gz", nil),
            ("CHECKSUM", nil), ("", nil), ("x-1.0-b3", nil), ("Release", nil),
            ("a.iso.sha-256", "sha256"),
        ] as [(String, String?)]
    )
    func `the name of a list may name its algorithm`(name: String, algorithm: String?) {
        let label = algorithm.flatMap { DigestAlgorithm(rawValue: $0) }.map(DigestLabel.known)
        #expect(DigestLabel(ofListNamed: name) == label)
    }

    @Test func `names are compared as bytes are read: UTF-8, else Latin-1`() throws {
        let line = Array("\(Self.sha256)  gr".utf8) + [0xFC] + Array("n.iso\n".utf8)
        let list = ChecksumList(line)
        for path in ["gr%FCn.iso", "gr%C3%BCn.iso"] {
            let place = try #require(FilePlace(try SourceURL("https://h/\(path)")))
            #expect(list.search(place) == (try right()))
        }
        let two = "\(Self.sha256)  Caf\u{E9}\n\(Self.other)  Cafe\u{301}\n"
        #expect(try answer(two, "Caf\u{E9}") == right())
    }
}
