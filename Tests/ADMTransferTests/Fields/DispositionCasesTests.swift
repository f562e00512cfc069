import ADMTransfer
import Testing

/// The cases of http://greenbytes.de/tech/tc2231/ by their names there.
///
/// Where a field is not valid, that page passes programs that ignore it; `docs/transfers.md` says what adm does.
@Suite struct DispositionCasesTests {
    static let valid: [(String, String, String?)] = [
        ("inlonly", "inline", nil),
        ("inlonlyquoted", "\"inline\"", nil),
        ("inlwithasciifilename", "inline; filename=\"foo.html\"", "foo.html"),
        ("inlwithfnattach", "inline; filename=\"Not an attachment!\"", "Not an attachment!"),
        ("inlwithasciifilenamepdf", "inline; filename=\"foo.pdf\"", "foo.pdf"),
        ("attonly", "attachment", nil),
        ("attonlyquoted", "\"attachment\"", nil),
        ("attonlyucase", "ATTACHMENT", nil),
        ("attwithasciifilename", "attachment; filename=\"foo.html\"", "foo.html"),
        (
            "attwithasciifilename35",
            "attachment; filename=\"00000000001111111111222222222233333\"",
            "00000000001111111111222222222233333"
        ),
        ("attwithasciifnescapedchar", "attachment; filename=\"f\\oo.html\"", "foo.html"),
        (
            "attwithasciifnescapedquote", "attachment; filename=\"\\\"quoting\\\" tested.html\"",
            "\"quoting\" tested.html"
        ),
        (
            "attwithquotedsemicolon", "attachment; filename=\"Here's a semicolon;.html\"",
            "Here's a semicolon;.html"
        ),
        (
            "attwithfilenameandextparam", "attachment; foo=\"bar\"; filename=\"foo.html\"",
            "foo.html"
        ),
        (
            "attwithfilenameandextparamescaped",
            "attachment; foo=\"\\\"\\\\\";filename=\"foo.html\"", "foo.html"
        ),
        ("attwithasciifilenameucase", "attachment; FILENAME=\"foo.html\"", "foo.html"),
        ("attwithasciifilenamenq", "attachment; filename=foo.html", "foo.html"),
        ("attwithfntokensq", "attachment; filename='foo.html'", "'foo.html'"),
        ("attwithisofnplain", "attachment; filename=\"foo-ä.html\"", "foo-ä.html"),
        ("attwithfnrawpctenca", "attachment; filename=\"foo-%41.html\"", "foo-%41.html"),
        ("attwithfnusingpct", "attachment; filename=\"50%.html\"", "50%.html"),
        ("attwithfnrawpctencaq", "attachment; filename=\"foo-%\\41.html\"", "foo-%41.html"),
        ("attwithnamepct", "attachment; name=\"foo-%41.html\"", nil),
        ("attwithfilenamepctandiso", "attachment; filename=\"ä-%41.html\"", "ä-%41.html"),
        (
            "attwithfnrawpctenclong", "attachment; filename=\"foo-%c3%a4-%e2%82%ac.html\"",
            "foo-%c3%a4-%e2%82%ac.html"
        ),
        ("attwithasciifilenamews1", "attachment; filename =\"foo.html\"", "foo.html"),
        ("attconfusedparam", "attachment; xfilename=foo.html", nil),
        ("attabspath", "attachment; filename=\"/foo.html\"", "/foo.html"),
        ("attabspathwin", "attachment; filename=\"\\\\foo.html\"", "\\foo.html"),
        (
            "attcdate", "attachment; creation-date=\"Wed, 12 Feb 1997 16:29:51 -0500\"", nil
        ),
        ("dispext", "foobar", nil),
        ("dispextbadfn", "attachment; example=\"filename=example.txt\"", nil),
        ("attnewandfn", "attachment; foobar=x; filename=\"foo.html\"", "foo.html"),
        (
            "attrfc2047quoted", "attachment; filename=\"=?ISO-8859-1?Q?foo-=E4.html?=\"",
            "=?ISO-8859-1?Q?foo-=E4.html?="
        ),
    ]

    @Test(arguments: DispositionCasesTests.valid)
    func `a valid field is read as it is meant`(id: String, field: String, name: String?) {
        #expect(ContentDisposition.fileName([field]) == name, "\(id)")
    }

    static let extended: [(String, String, String?)] = [
        ("attwithisofn2231iso", "iso-8859-1''foo-%E4.html", "foo-ä.html"),
        ("attwithfn2231utf8", "UTF-8''foo-%c3%a4-%e2%82%ac.html", "foo-ä-€.html"),
        ("attwithfn2231noc", "''foo-%c3%a4-%e2%82%ac.html", nil),
        ("attwithfn2231utf8comp", "UTF-8''foo-a%cc%88.html", "foo-a\u{308}.html"),
        ("attwithfn2231utf8-bad", "iso-8859-1''foo-%c3%a4-%e2%82%ac.html", nil),
        ("attwithfn2231iso-bad", "utf-8''foo-%E4.html", nil),
        ("attwithfn2231ws2", " UTF-8''foo-%c3%a4.html", "foo-ä.html"),
        ("attwithfn2231quot2", "\"foo%20bar.html\"", nil),
        ("attwithfn2231singleqmissing", "UTF-8'foo-%c3%a4.html", nil),
        ("attwithfn2231nbadpct1", "UTF-8''foo%", nil),
        ("attwithfn2231nbadpct2", "UTF-8''f%oo.html", nil),
        ("attwithfn2231dpct", "UTF-8''A-%2541.html", "A-%41.html"),
        ("attwithfn2231abspathdisguised", "UTF-8''%5cfoo.html", "\\foo.html"),
        // The label as some servers write it, one that nobody must know, and a byte that is not escaped.
        ("no hyphen", "utf8''%E2%82%AC%20rates.pdf", "€ rates.pdf"),
        ("another label", "windows-1252''%80.html", nil),
        ("raw byte", "iso-8859-1'es'fú.html", nil),
        ("raw text", "UTF-8''你好.zip", nil),
    ]

    @Test(arguments: DispositionCasesTests.extended)
    func `an extended name is decoded, or ignored for the plain one`(
        id: String,
        value: String,
        name: String?
    ) {
        #expect(ContentDisposition.fileName(["attachment; filename*=\(value)"]) == name, "\(id)")
        let both = "attachment; filename=plain.html; filename*=\(value)"
        #expect(ContentDisposition.fileName([both]) == name ?? "plain.html", "\(id)")
    }

    @Test func `blanks may stand before the equals sign, not in the name of a parameter`() {
        let value = "UTF-8''foo-%c3%a4.html"
        #expect(ContentDisposition.fileName(["attachment; filename* =\(value)"]) == "foo-ä.html")
        #expect(ContentDisposition.fileName(["attachment; filename *=\(value)"]) == nil)
    }

    static let pieces: [(String, String, String?)] = [
        ("attfncont", "filename*0=\"foo.\"; filename*1=\"html\"", "foo.html"),
        ("attfncontqs", "filename*0=\"foo\"; filename*1=\"\\b\\a\\r.html\"", "foobar.html"),
        ("attfncontenc", "filename*0*=UTF-8''foo-%c3%a4; filename*1=\".html\"", "foo-ä.html"),
        ("attfncontlz", "filename*0=\"foo\"; filename*01=\"bar\"", "foo"),
        ("attfncontnc", "filename*0=\"foo\"; filename*2=\"bar\"", "foo"),
        ("attfnconts1", "filename*1=\"foo.\"; filename*2=\"html\"", nil),
        ("attfncontord", "filename*1=\"bar\"; filename*0=\"foo\"", "foobar"),
        ("attfnboth", "filename=\"foo-ae.html\"; filename*=UTF-8''foo-%c3%a4.html", "foo-ä.html"),
        ("attfnboth2", "filename*=UTF-8''foo-%c3%a4.html; filename=\"foo-ae.html\"", "foo-ä.html"),
        (
            "attfnboth3",
            "filename*0*=ISO-8859-15''euro-sign%3d%a4; filename*=ISO-8859-1''currency-sign%3d%a4",
            "currency-sign=¤"
        ),
        ("a cut character", "filename*0*=UTF-8''foo-%c3; filename*1*=%a4.html", "foo-ä.html"),
        ("pieces and a whole", "filename=\"x\"; filename*0=\"a\"; filename*1=\"b\"", "ab"),
        ("a broken piece", "filename=\"x\"; filename*0*=UTF-8''%zz", "x"),
        ("pieces that are not UTF-8", "filename=\"x\"; filename*0*=UTF-8''%E4; filename*1=b", "x"),
    ]

    @Test(arguments: DispositionCasesTests.pieces)
    func `a name in pieces is put together`(id: String, parameters: String, name: String?) {
        #expect(ContentDisposition.fileName(["attachment; \(parameters)"]) == name, "\(id)")
    }

    static let broken: [(String, String, String?)] = [
        ("attwithtokfncommanq", "attachment; filename=foo,bar.html", "foo,bar.html"),
        ("attwithasciifilenamenqs", "attachment; filename=foo.html ;", "foo.html"),
        ("attemptyparam", "attachment; ;filename=foo", "foo"),
        ("attwithasciifilenamenqws", "attachment; filename=foo bar.html", "foo bar.html"),
        (
            "attwith2filenames", "attachment; filename=\"foo.html\"; filename=\"bar.html\"",
            "foo.html"
        ),
        ("attfnbrokentoken", "attachment; filename=foo[1](2).html", "foo[1](2).html"),
        ("attfnbrokentokeniso", "attachment; filename=foo-ä.html", "foo-ä.html"),
        ("attmissingdisposition", "filename=foo.html", "foo.html"),
        ("attmissingdisposition2", "x=y; filename=foo.html", "foo.html"),
        ("attmissingdisposition3", "\"foo; filename=bar;baz\"; filename=qux", "qux"),
        ("emptydisposition", "; filename=foo.html", "foo.html"),
        ("doublecolon", ": inline; attachment; filename=foo.html", "foo.html"),
        ("attandinline", "inline; attachment; filename=foo.html", "foo.html"),
        ("attandinline2", "attachment; inline; filename=foo.html", "foo.html"),
        ("attbrokenquotedfn", "attachment; filename=\"foo.html\".txt", "foo.html"),
        ("attbrokenquotedfn2", "attachment; filename=\"bar", "bar"),
        ("attbrokenquotedfn3", "attachment; filename=foo\"bar;baz\"qux", "foo\"bar"),
        (
            "attmultinstances", "attachment; filename=foo.html, attachment; filename=bar.html",
            "foo.html"
        ),
        ("attmissingdelim", "attachment; foo=foo filename=bar", nil),
        ("attmissingdelim2", "attachment; filename=bar foo=foo ", "bar foo=foo"),
        ("attmissingdelim3", "attachment filename=bar", nil),
        ("attreversed", "filename=foo.html; attachment", "foo.html"),
        ("attwithfn2231quot", "attachment; filename*=\"UTF-8''foo-%c3%a4.html\"", "foo-ä.html"),
        (
            "attrfc2047token", "attachment; filename==?ISO-8859-1?Q?foo-=E4.html?=",
            "=?ISO-8859-1?Q?foo-=E4.html?="
        ),
    ]

    @Test(arguments: DispositionCasesTests.broken)
    func `a broken field is read as browsers read it`(id: String, field: String, name: String?) {
        #expect(ContentDisposition.fileName([field]) == name, "\(id)")
    }
}
