import ADMModel
import NIOHTTP1
import Testing

@testable import ADMTransfer

/// The fields of RFC 8288 that name mirrors (RFC 6249).
@Suite struct LinkFieldTests {
    private func mirrors(_ fields: [String]) throws -> [String] {
        LinkField.mirrors(fields, base: try SourceURL("https://a.org/dir")).map(\.string)
    }

    @Test(
        arguments: [
            ("<https://b.org/f>; rel=duplicate", ["https://b.org/f"]),
            ("</x/f>;rel=\"alternate Duplicate\"", ["https://a.org/x/f"]),
            (
                "<f2>; rel=duplicate; pri=2, <f1>; rel=duplicate; pri=1",
                ["https://a.org/f1", "https://a.org/f2"]
            ),
            ("<f>; title=\"a, b\"; rel=duplicate", ["https://a.org/f"]),
            ("<f>; REL=\"Duplicate\"", ["https://a.org/f"]),
            ("<f>\t;\trel\t=\tduplicate\t", ["https://a.org/f"]),
            ("<f>; rel=describedby duplicate", ["https://a.org/f"]),
            ("<f>;rel=\"a\tduplicate\"", ["https://a.org/f"]),
            (", ,<f>; rel=duplicate,,<g>; rel=duplicate,", ["https://a.org/f", "https://a.org/g"]),
            ("<f>; rel=\"duplicate", ["https://a.org/f"]),
            ("<f>; foo; rel=duplicate", ["https://a.org/f"]),
            ("<f>; title=\"\\\"; rel=x\"; rel=duplicate", ["https://a.org/f"]),
            ("<f,g;h>; rel=duplicate", ["https://a.org/f,g;h"]),
            (
                "<f>; rel=duplicate; pri=9; pri=1, <g>; rel=duplicate; pri=5",
                ["https://a.org/g", "https://a.org/f"]
            ),
            ("junk, <f>; rel=duplicate", ["https://a.org/f"]),
            ("\"<g>; rel=duplicate\", <f>; rel=duplicate", ["https://a.org/f"]),
            ("<f> rel=duplicate, <g>; rel=duplicate", ["https://a.org/g"]),
            ("<f>; rel=duplicate; anchor=\"\"", ["https://a.org/f"]),
            ("<f>; rel=duplicate; anchor=\"https://a.org/dir\"", ["https://a.org/f"]),
        ] as [(String, [String])]
    )
    func `mirrors are read`(field: String, urls: [String]) throws {
        #expect(try mirrors([field]) == urls)
    }

    @Test(
        arguments: [
            "<f>; rel=describedby", "f; rel=duplicate", "<f", "", "<f>", "<f>; rel", "<f>; rel=",
            "<f>; rel=\"\"",
            "<f>; title=\"x; rel=duplicate\"", "<f>; rel=describedby; rel=duplicate",
            "<f>; rel=\"x\"; REL=duplicate",
            "<g>; rel=x; title=\"<f>; rel=duplicate\"",
            "<g>; rel=x; title=\"a\\\", <f>; rel=duplicate\"",
            "<f>; rel=duplicate; anchor=\"http://other/\"", "<f>; anchor=other; rel=duplicate",
            "<f>; rel=duplicate; anchor=\"#part\"", "<f>; rel=duplicate; anchor=x; anchor=\"\"",
            "<f> rel=duplicate", "<f>; relx=duplicate", "<f>; rel='duplicate'",
            "<f>; rel=duplicates", "<f>, ; rel=duplicate",
            "<f>; rev=duplicate", "<ftp://b.org/f>; rel=duplicate", "\"",
        ]
    )
    func `what is not a mirror of the file is left out`(field: String) throws {
        #expect(try mirrors([field]) == [])
    }

    @Test func `digests of several fields are those of one dictionary`() throws {
        let md5 = ":1B2M2Y8AsgTpgAmY7PhCfg==:"
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        head.headers.add(name: "Repr-Digest", value: "md5=:AAAAAAAAAAAAAAAAAAAAAA==:")
        head.headers.add(name: "Repr-Digest", value: "md5=\(md5)")
        head.headers.add(name: "Content-Digest", value: "a=1")
        let facts = ResponseFacts(head)
        #expect(facts.digests == ["md5=:AAAAAAAAAAAAAAAAAAAAAA==:, md5=\(md5)", "a=1"])
    }
}
