import ADMDisk
import ADMModel
import ADMTransfer
import Testing

@Suite struct ContentDispositionTests {
    @Test(arguments: [
        ("attachment; filename=\"a b.txt\"", "a b.txt"),
        ("attachment; filename=a.txt", "a.txt"),
        ("ATTACHMENT; FILENAME=a.txt", "a.txt"),
        ("inline ;\tfilename\t=\t\"a\" ; x=y", "a"),
        ("filename=a.txt", "a.txt"),
        ("attachment;filename=my file.pdf;size=3", "my file.pdf"),
        ("attachment; x=\"filename=no\"; filename=yes", "yes"),
        ("attachment; filename=\"größe.txt\"", "größe.txt"),
        ("attachment; filename=\"a\"; filename=\"b\"", "a"),
        ("attachment; filename=\"\"; filename=\"b\"", "b"),
        ("attachment; filename=\"=?UTF-8?B?YQ==?=\"", "=?UTF-8?B?YQ==?="),
        ("attachment; filename=\"a%20b\"", "a%20b"),
        ("attachment; filename='a'", "'a'"),
        ("attachment; filename=\"../x\"", "../x"),
    ])
    func `a plain file name is read as it was meant`(value: String, expected: String) {
        #expect(ContentDisposition.fileName([value]) == expected)
    }

    @Test(arguments: [
        ("attachment; filename*=UTF-8''na%C3%AFve%20plan.txt", "naïve plan.txt"),
        ("attachment; filename*=utf-8'en'%e2%82%ac%20rates", "€ rates"),
        ("attachment; filename*=ISO-8859-1''%A3%20rates", "£ rates"),
        ("attachment; filename*=\"UTF-8''quoted%21\"", "quoted!"),
        ("attachment; filename*=UTF-8''it's", "it's"),
        ("attachment; filename*=UTF-8''%252e", "%2e"),
    ])
    func `an extended file name is decoded once`(value: String, expected: String) {
        #expect(ContentDisposition.fileName([value]) == expected)
    }

    @Test func `P6 the extended name wins wherever it stands`() {
        let values = [
            "attachment; filename=plain; filename*=UTF-8''e%78t",
            "attachment; filename*=UTF-8''e%78t; filename=plain",
        ]
        for value in values { #expect(ContentDisposition.fileName([value]) == "ext") }
        #expect(ContentDisposition.fileName(["x; filename=plain", values[0]]) == "ext")
        #expect(
            ContentDisposition.fileName(["inline", "x; filename=one", "x; filename=two"]) == "one"
        )
    }

    @Test(arguments: [
        "UTF-8''%zz", "UTF-8''%4", "UTF-8''%C3", "UTF-8''%c0%af", "KOI8-R''%C1", "''x", "UTF-8'x",
        "plain", "", "UTF-8''",
    ])
    func `P6 an extended name that is none is passed over`(value: String) {
        #expect(
            ContentDisposition.fileName(["attachment; filename*=\(value); filename=plain"])
                == "plain"
        )
        #expect(ContentDisposition.fileName(["attachment; filename*=\(value)"]) == nil)
    }

    @Test(arguments: [
        ("attachment; filename=\"a \\\"b\\\" c\"", "a \"b\" c"),
        ("attachment; filename=\"a\\\\b;c\"; y", "a\\b;c"),
        ("attachment; filename=\"never closed", "never closed"),
        ("attachment; filename=\"ends in a backslash\\", "ends in a backslash\\"),
        ("attachment; filename=\"a\"garbage; filename*=x", "a"),
    ])
    func `P6 quotes, pairs and their absence are understood`(value: String, expected: String) {
        #expect(ContentDisposition.fileName([value]) == expected)
    }

    @Test(arguments: [
        "", ";", ";;;", "=", "attachment", "attachment;", "attachment; filename", "\"\"",
        "attachment; filename=", "attachment; filename=;", "attachment; =x", "; = ; \" = ;\\",
    ])
    func `P6 garbage holds no name`(value: String) {
        #expect(ContentDisposition.fileName([value]) == nil)
        #expect(ContentDisposition.fileName([]) == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `P6 a parameter of 64 KiB, or of a mebibyte, becomes a name of 240 bytes`() throws {
        for length in [65_536, 1_048_576] {
            let long = String(repeating: "é", count: length / 2)
            for value in ["attachment; filename=\"\(long)\"", "attachment; filename=\(long)"] {
                let name = try #require(ContentDisposition.fileName([value]))
                #expect(name.utf8.count <= 65_540)
                #expect(SafeName.fromHeader(name)?.utf8.count == 240)
            }
            let dashes = String(repeating: "; ", count: length / 2)
            #expect(ContentDisposition.fileName([dashes]) == nil)
        }
    }

    @Test func `P6 random bytes harm nothing`() {
        let alphabet = Array("; =\"\\'%*filenameUTF-8ä\u{0}")
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 0..<40)).map { _ in alphabet.randomElement() ?? "x" }
            )
            for value in [text, "attachment; filename=\(text)", "a; filename*=UTF-8''\(text)"] {
                guard let name = ContentDisposition.fileName([value]) else { continue }
                #expect(!name.isEmpty)
            }
        }
    }
}
