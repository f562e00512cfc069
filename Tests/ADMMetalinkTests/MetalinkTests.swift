import ADMMetalink
import ADMModel
import Testing

@Suite struct MetalinkTests {
    private static let sha256 = String(repeating: "ab", count: 32)
    private static let sha1 = String(repeating: "0f", count: 20)

    private func document(_ files: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <metalink xmlns="urn:ietf:params:xml:ns:metalink">
        <published>2009-05-15T12:23:23Z</published>
        \(files)
        </metalink>
        """
    }

    private func read(_ text: String) throws -> [Result<MetalinkFile, Failure>] {
        try Metalink(parsing: Array(text.utf8), named: "x.meta4").files
    }

    private func failure(_ files: String) throws -> Failure? {
        guard case .failure(let failure) = try #require(try read(document(files)).first) else {
            return nil
        }
        return failure
    }

    @Test func `a file has its name, size, digests and servers in their order`() throws {
        let files = try read(
            document(
                """
                <file name="example.ext">
                  <size>14471447</size>
                  <identity>Example</identity>
                  <hash type="md5">\(String(repeating: "0", count: 32))</hash>
                  <hash type="sha-256"> \(Self.sha256) </hash>
                  <hash type="whirlpool">ff</hash>
                  <pieces length="10000000" type="sha-1">
                    <hash>\(Self.sha1)</hash><hash>\(Self.sha1)</hash>
                  </pieces>
                  <url priority="20" location="de">http://b.example/example.ext</url>
                  <url>https://last.example/example.ext?a=1&amp;b=2</url>
                  <url priority="1">ftp://ftp.example/example.ext</url>
                  <url priority="10">https://a.example/example.ext</url>
                  <metaurl mediatype="torrent">http://example.com/example.ext.torrent</metaurl>
                  <signature mediatype="application/pgp-signature">none</signature>
                </file>
                <file name="second"><url>http://c.example/second</url></file>
                """
            )
        )
        let first = try files[0].get()
        #expect(first.name == "example.ext")
        #expect(first.size == 14_471_447)
        #expect(first.checksum == (try Checksum(.sha256, hex: Self.sha256)))
        #expect(
            first.urls.map(\.string) == [
                "https://a.example/example.ext", "http://b.example/example.ext",
                "https://last.example/example.ext?a=1&b=2",
            ]
        )
        let pieces = try #require(first.pieces)
        #expect(pieces.count == 2)
        #expect(pieces.algorithm == .sha1)
        #expect(pieces.range(of: 1, length: 14_471_447) == ByteRange(10_000_000, 14_471_447))
        #expect(Array(pieces.digest(of: 1)) == [UInt8](repeating: 0x0F, count: 20))
        let second = try files[1].get()
        #expect(second.checksum == nil)
        #expect(second.size == nil)
        #expect(second.pieces == nil)
    }

    @Test func `the strongest of several pieces is taken, whatever their order`() throws {
        let weak = "<pieces length=\"5\" type=\"sha-1\"><hash>\(Self.sha1)</hash></pieces>"
        let strong = "<pieces length=\"6\" type=\"sha-256\"><hash>\(Self.sha256)</hash></pieces>"
        for both in [weak + strong, strong + weak] {
            let file = try read(document("<file name=\"a\">\(both)<url>http://a/a</url></file>"))[0]
            #expect(try file.get().pieces?.algorithm == .sha256)
        }
    }

    @Test func `a prefix for the namespace means the same, another namespace means nothing`() throws
    {
        let text = """
            <m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink" xmlns:o="urn:other">
            <m:file name="a"><o:size>nonsense</o:size><m:size>3</m:size>
            <m:url>http://a.example/a</m:url></m:file></m:metalink>
            """
        #expect(try read(text)[0].get().size == 3)
    }

    @Test func `directories in a name are left out and may not lead outside`() throws {
        let inside = "<file name=\"pool/main/a.deb\"><url>http://a/a</url></file>"
        #expect(try read(document(inside))[0].get().name == "a.deb")
        for name in ["../a", "/etc/passwd", "a/../b", "", "a/", ".."] {
            let found = try failure("<file name=\"\(name)\"><url>http://a/a</url></file>")
            #expect(found?.code == .usage, "\(name)")
            #expect(found?.message.contains("x.meta4:4") == true, "\(found?.message ?? "")")
        }
    }

    @Test(arguments: [
        ("<size>-3</size>", "not a valid size"), ("<size>many</size>", "not a valid size"),
        ("<hash type=\"sha-256\">abc</hash>", "64 hexadecimal digits"),
        ("<pieces length=\"0\" type=\"sha-1\"></pieces>", "not a valid length of pieces"),
        ("<pieces length=\"9\" type=\"sha-1\"></pieces>", "no sha1 digests"),
        ("<pieces length=\"9\" type=\"sha-1\"><hash>x</hash></pieces>", "a piece"),
    ])
    func `a file with something wrong is refused with its line, the others are kept`(
        part: String,
        reason: String
    ) throws {
        let bad = "<file name=\"a\">\(part)<url>http://a/a</url></file>"
        let files = try read(document(bad + "<file name=\"b\"><url>http://a/b</url></file>"))
        guard case .failure(let failure) = files[0] else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.message.hasPrefix("x.meta4:4: "))
        #expect(failure.message.contains(reason), "\(failure.message)")
        #expect(try files[1].get().name == "b")
    }

    @Test(arguments: [
        "<hash type=\"sha-512\">abc</hash>", "<hash type=\"md5\">x</hash>",
        "<pieces length=\"0\" type=\"sha-1\"></pieces>",
        "<pieces length=\"9\" type=\"sha-1\"></pieces>",
        "<pieces length=\"9\" type=\"sha-1\"><hash>\(sha1)</hash><hash>x</hash></pieces>",
        "<size>11</size><pieces length=\"10\" type=\"sha-1\"><hash>\(sha1)</hash></pieces>",
        "<hash type=\"md5\">\(String(repeating: "0", count: 32))</hash>"
            + "<hash type=\"md5\">\(String(repeating: "1", count: 32))</hash>",
    ])
    func `a digest that cannot be used takes nothing from a good one`(bad: String) throws {
        let good = "<hash type=\"sha-256\">\(Self.sha256)</hash>"
        for parts in [bad + good, good + bad] {
            let text = document("<file name=\"a\">\(parts)<url>http://a/a</url></file>")
            let file = try #require(try read(text).first).get()
            #expect(file.checksum == (try Checksum(.sha256, hex: Self.sha256)))
            #expect(file.pieces == nil)
        }
    }

    @Test func `pieces prove a file whose digest cannot be used, and contradictions nothing`()
        throws
    {
        let pieces = "<pieces length=\"10\" type=\"sha-1\"><hash>\(Self.sha1)</hash></pieces>"
        let bad = "<hash type=\"sha-256\">abc</hash>"
        let text = document("<file name=\"a\">\(bad)\(pieces)<url>http://a/a</url></file>")
        #expect(try #require(try read(text).first).get().pieces?.count == 1)
        let other = String(repeating: "cd", count: 32)
        let two = [Self.sha256, other].map { "<hash type=\"sha-256\">\($0)</hash>" }.joined()
        let found = try failure("<file name=\"a\">\(two)<url>http://a/a</url></file>")
        #expect(found?.message.contains("contradict") == true)
    }

    @Test func `relative addresses are seen from where the Metalink was found`() throws {
        let urls = [
            "a.iso", "/b.iso", "../c.iso", "//d.example/d.iso", "http://e.example/e.iso", "", "#f",
        ]
        .map { "<url>\($0)</url>" }.joined()
        let text = Array(document("<file name=\"a\">\(urls)</file>").utf8)
        let base = try SourceURL("https://h/x/y/a.meta4?q")
        let file = try #require(try Metalink(parsing: text, named: "x", foundAt: base).files.first)
        #expect(
            try file.get().urls.map(\.string) == [
                "https://h/x/y/a.iso", "https://h/b.iso", "https://h/x/c.iso",
                "https://d.example/d.iso",
                "http://e.example/e.iso",
            ]
        )
        let alone = try #require(try Metalink(parsing: text, named: "x").files.first)
        #expect(try alone.get().urls.map(\.string) == ["http://e.example/e.iso"])
    }

    @Test func `pieces that do not make up the size are refused`() throws {
        let pieces = "<pieces length=\"10\" type=\"sha-1\"><hash>\(Self.sha1)</hash></pieces>"
        let file = "<file name=\"a\"><size>11</size>\(pieces)<url>http://a/a</url></file>"
        #expect(try failure(file)?.message.contains("are not 1 pieces of 10 bytes") == true)
    }

    @Test func `a file that only other kinds of servers have is refused`() throws {
        let file = "<file name=\"a\"><url>ftp://a/a</url><url>http://u:p@a/a</url></file>"
        let found = try failure(file)
        #expect(found?.message.contains("no address that adm can fetch") == true)
        #expect(found?.cause?.contains("u:p") != true)
    }

    @Test(arguments: [
        "", "no xml", "<metalink", "{}", "<html><body/></html>", "<metalink><file/></metalink>",
        "<metalink xmlns=\"http://www.metalinker.org/\" version=\"3.0\"></metalink>",
        "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\"></metalink>",
        "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\"><file name='a'>",
    ])
    func `what is no Metalink 4 is refused`(text: String) {
        let thrown = #expect(throws: Failure.self) { try read(text) }
        #expect(thrown?.code == .usage)
        #expect(thrown?.message.contains("x.meta4") == true)
    }

    @Test func `a document type is refused, so that no entity can grow or read a file`() {
        let text = """
            <?xml version="1.0"?>
            <!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>
            <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="&b;"/></metalink>
            """
        let thrown = #expect(throws: Failure.self) { try read(text) }
        #expect(thrown?.code == .refused)
        #expect(thrown?.message.contains("line 2") == true)
    }

    @Test func `entities that grow a billionfold are never expanded`() {
        let levels = (1...30).map { level in
            "<!ENTITY e\(level) \"" + String(repeating: "&e\(level - 1);", count: 10) + "\">"
        }
        for entities in [levels.joined(), "<!ENTITY % p SYSTEM \"file:///dev/zero\">%p;"] {
            let text = """
                <!DOCTYPE m [<!ENTITY e0 "ha">\(entities)]>
                <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a">
                <url>http://a/&e30;</url></file></metalink>
                """
            let thrown = #expect(throws: Failure.self) { try read(text) }
            #expect(thrown?.code == .refused)
            #expect(thrown?.message.contains("document type") == true)
        }
    }

    private static let file = "<file name=\"a\"><url>http://a/a</url></file>"

    @Test(arguments: [
        ("nested", String(repeating: "<x>", count: 150) + String(repeating: "</x>", count: 150)),
        ("different names", (0..<2000).map { "<x\($0)/>" }.joined()),
        ("different names", "<x " + (0..<2000).map { "a\($0)=\"\" " }.joined() + "/>"),
        ("different names", (0..<2000).map { "<p:x xmlns:p=\"u:\($0)\"/>" }.joined()),
        ("a tag", "<x a=\"" + String(repeating: "a", count: 2_000_000) + "\"/>"),
        ("a tag", "<!--" + String(repeating: "a", count: 2_000_000) + "-->"),
        ("more than", String(repeating: "<file name=\"a\"/>", count: 200_001)),
        (
            "more than",
            "<file name=\"a\">" + String(repeating: "<url>http://a/</url>", count: 200_001)
                + "</file>"
        ),
        (
            "more than",
            "<file name=\"a\">" + String(repeating: "<hash type=\"md5\"/>", count: 200_001)
                + "</file>"
        ),
    ])
    func `a document that would take much memory is refused`(reason: String, content: String) {
        let thrown = #expect(throws: Failure.self) { try read(document(Self.file + content)) }
        #expect(thrown?.code == .refused)
        #expect(thrown?.message.contains(reason) == true, "\(thrown?.message ?? "")")
    }

    @Test func `of very many addresses the preferred ones are kept`() throws {
        let urls = (1...3000).map { "<url priority=\"\($0)\">http://h\($0)/a</url>" }.reversed()
        let files = try read(document("<file name=\"a\">\(urls.joined())</file>"))
        let kept = try files[0].get().urls
        #expect(kept.count == 1000)
        #expect(kept.first?.string == "http://h1/a")
    }

    @Test func `long text of no meaning is passed over`() throws {
        let long = String(repeating: "long text ", count: 300_000)
        let files = try read(
            document(
                "<x>\(long)</x><file name=\"a\"><description>\(long)</description>"
                    + "<url>http://a/a</url></file>"
            )
        )
        #expect(try files[0].get().name == "a")
    }

    @Test func `twenty thousand pieces are read`() throws {
        let hashes = String(repeating: "<hash>\(Self.sha1)</hash>\n", count: 20_000)
        let text = document(
            "<file name=\"a\"><pieces length=\"1\" type=\"sha-1\">\(hashes)</pieces>"
                + "<url>http://a/a</url></file>"
        )
        #expect(try read(text)[0].get().pieces?.count == 20_000)
    }

    @Test func `bytes at random never end the process`() {
        var generator = SystemRandomNumberGenerator()
        let good = Array(document("<file name=\"a\"><url>http://a/a</url></file>").utf8)
        for _ in 0..<500 {
            var bytes = good
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            _ = try? Metalink(parsing: bytes, named: "x")
        }
    }
}
