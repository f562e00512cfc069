import ADMModel
import Foundation
import Testing

@Suite struct SafeNameTests {
    @Test(arguments: [
        ("../../.ssh/authorized_keys", "authorized_keys"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\windows\\x.dll", "x.dll"),
        ("C:\\x", "x"),
        ("C:x", "C_x"),
        ("a/b\\c", "c"),
        ("\\\\server\\share\\f", "f"),
        ("x/../.bashrc", "_.bashrc"),
        ("a/\u{301}b", "\u{301}b"),
    ])
    func `P1 only the last component of a path is a name`(text: String, expected: String) {
        #expect(SafeName.fromHeader(text) == expected)
    }

    @Test(arguments: [
        ("file.iso", "file.iso"),
        ("a%20b.txt", "a b.txt"),
        ("a+b.txt", "a+b.txt"),
        ("%2e%2e%2fetc%2fpasswd", "passwd"),
        ("..%5Cx", "x"),
        ("x%00.txt", "x.txt"),
        ("%252e%252e%252fx", "%2e%2e%2fx"),
        ("%252f", "%2f"),
        ("%c0%ae%c0%ae%c0%afx", "%C0%AE%C0%AE%C0%AFx"),
        ("caf%E9.txt", "caf%E9.txt"),
        ("caf%C3%A9.txt", "caf\u{E9}.txt"),
        ("100%", "100%"),
        ("%zz%4", "%zz%4"),
        ("%F0%9F%98%80%F0%9F.png", "😀%F0%9F.png"),
        ("日本語.zip", "日本語.zip"),
    ])
    func `P2 a URL's segment is decoded once`(text: String, expected: String) {
        #expect(SafeName.fromURLSegment(text) == expected)
    }

    @Test(arguments: [
        "", ".", "..", "...", " ", ". .", "/", "a/", "a/..", "\\", "\u{0}", "\u{202E}", "\u{200B}.",
        "\u{3000}", "\u{115F}\u{3164}", "\u{A0}",
    ])
    func `P3 if nothing usable is left there is no name`(text: String) {
        #expect(SafeName.fromHeader(text) == nil)
        #expect(SafeName.fromURLSegment("%2F%2e%2E") == nil)
    }

    @Test(arguments: [
        ("-rf", "_-rf"), ("~", "_~"), ("~root", "_~root"), (".bashrc", "_.bashrc"),
        ("...x", "_...x"), (".adm-part", "_.adm-part"), ("  -x", "_-x"),
        ("x. . .", "x"), (" x ", "x"), ("x\t", "x"), ("a-b~c", "a-b~c"),
    ])
    func `P3 a name neither hides nor passes for an option`(text: String, expected: String) {
        #expect(SafeName.fromHeader(text) == expected)
    }

    @Test func `P3 the name of last resort has the end of the job's identifier`() throws {
        let job = try #require(JobID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(SafeName.fallback(for: job) == "download-Q69G5FAV")
    }

    @Test func `P4 a long name is cut between characters and keeps its ending`() throws {
        let family = "👩🏽‍🚀"
        let text = String(repeating: "é", count: 200) + family + ".tar.gz"
        let name = try #require(SafeName.fromHeader(text))
        #expect(name == String(repeating: "é", count: 116) + ".tar.gz")
        let emoji = try #require(SafeName.fromHeader(String(repeating: "🇩🇪", count: 100) + ".png"))
        #expect(emoji == String(repeating: "🇩🇪", count: 29) + ".png")
        let plain = try #require(SafeName.fromHeader(String(repeating: "x", count: 300)))
        #expect(plain == String(repeating: "x", count: 240))
        let dots = try #require(
            SafeName.fromHeader(String(repeating: "x", count: 238) + ". . .y z")
        )
        #expect(dots == String(repeating: "x", count: 238))
    }

    @Test func `P4 one character of many marks is cut inside`() throws {
        let text = "a" + String(repeating: "\u{0316}", count: 500) + ".txt"
        let name = try #require(SafeName.fromHeader(text))
        #expect(name.utf8.count <= 240)
        #expect(name.hasPrefix("a") || name.unicodeScalars.first == "a")
        #expect(name.hasSuffix(".txt"))
    }

    @Test func `P4 names are in normal form C`() throws {
        let name = try #require(SafeName.fromHeader("Cafe\u{301}.txt"))
        #expect(Array(name.unicodeScalars) == Array("Caf\u{E9}.txt".unicodeScalars))
    }

    @Test(arguments: [
        ("a\u{1B}[31mb", "a[31mb"), ("a\nb\r\nc", "abc"), ("a\u{7F}bc", "abc"),
        ("a\u{202E}fdp.exe", "afdp.exe"), ("a\u{2066}b\u{2069}", "ab"),
        ("a\u{200B}b\u{FEFF}", "ab"),
        ("a\u{2028}b", "ab"), ("a\u{E0041}b", "ab"), ("❤\u{FE0F}.png", "❤\u{FE0F}.png"),
    ])
    func `P5 what changes how a name is shown is taken out`(text: String, expected: String) {
        #expect(SafeName.fromHeader(text) == expected)
    }

    @Test func `P5 bytes that no character of ISO 8859-1 has keep names apart`() {
        // The katakana a and i in Shift_JIS, read as ISO 8859-1.
        #expect(SafeName.fromHeader("\u{83}A.txt") == "%83A.txt")
        #expect(SafeName.fromHeader("\u{81}A.txt") == "%81A.txt")
    }

    @Test(arguments: [
        ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("Com1.tar.gz", "_Com1.tar.gz"),
        ("LPT³", "_LPT³"),
        ("aux .txt", "_aux .txt"), ("console", "console"), ("COM", "COM"), ("COM12", "COM12"),
        ("a<b>c:d\"e|f?g*h", "a_b_c_d_e_f_g_h"),
    ])
    func `P11 a name is one on other file systems too`(text: String, expected: String) {
        #expect(SafeName.fromHeader(text) == expected)
    }

    @Test func `P1 P3 P4 P5 a name that is taken as it is would be the same taken apart`() {
        let printed = (0x20...0x7E).map { String(UnicodeScalar(UInt8($0))) }
        let devices = [
            "con", "CON.txt", "com1", "LPT9", "aux", "nul.tar.gz", "Prn", "conin$", "CONOUT$.x",
        ]
        let lengths = [239, 240, 241].map { String(repeating: "x", count: $0) }
        for letter in printed + devices + lengths {
            for name in [letter, "a\(letter)", "\(letter)a", "a\(letter)a", "\(letter).gz"] {
                // What follows a separator is always taken apart.
                #expect(SafeName.fromHeader(name) == SafeName.fromHeader("/" + name), "\(name)")
            }
        }
        #expect(SafeName.fromHeader("file-1.tar.gz") == "file-1.tar.gz")
        #expect(SafeName.fromHeader("aux.c") == "_aux.c")
    }

    @Test func `P12 a disguised ending stays visible`() {
        #expect(SafeName.fromHeader("a.pdf.exe") == "a.pdf.exe")
        #expect(SafeName.fromHeader("invoice\u{202E}fdp.exe") == "invoicefdp.exe")
    }

    @Test(arguments: [
        ".bashrc", "-x", "~", "CON", "a:b", "x ", "...", "🇩🇪", String(repeating: "x", count: 255),
    ])
    func `a person may choose what a server may not`(name: String) throws {
        #expect(try SafeName.checkUserName(name) == name)
    }

    @Test(arguments: [
        ("", "is empty"), (".", "is a directory"), ("..", "is a directory"),
        ("a/b", "holds a separator"), ("a\\b", "holds a separator"), ("a/\u{301}", "separator"),
        ("a\0b", "control character"), ("a\nb", "control character"), (".adm-part", "reserved"),
        (".ADM-PART", "reserved"), (String(repeating: "é", count: 128), "has 256 bytes"),
    ])
    func `a person's name that cannot be is refused with the reason`(
        name: String,
        reason: String
    ) throws {
        let thrown = #expect(throws: Failure.self) { try SafeName.checkUserName(name) }
        let refusal = try #require(thrown)
        #expect(refusal.code == .usage)
        #expect(refusal.message.contains(reason))
        #expect(!refusal.message.contains("\n") && !refusal.message.contains("\0"))
    }

    @Test func `P1 P3 P4 P5 whatever comes in, a name is one safe component`() {
        var random = SystemRandomNumberGenerator()
        let nasty = Array("/\\.. -~%:<>|?*\"\0\n\u{301}\u{202E}\u{200D}\u{FEFF}é한😀".unicodeScalars)
        for _ in 0..<5_000 {
            let length = Int.random(in: 0..<Int.random(in: 1..<200))
            var view = String.UnicodeScalarView()
            for _ in 0..<length {
                let isNasty = Bool.random(using: &random)
                let any = Unicode.Scalar(UInt32.random(in: 0..<0x11_0000)) ?? "x"
                view.append(isNasty ? nasty.randomElement() ?? "x" : any)
            }
            let text = String(view)
            for name in [SafeName.fromHeader(text), SafeName.fromURLSegment(text)] {
                guard let name else { continue }
                let bytes = Array(name.utf8)
                let isSafe =
                    !bytes.isEmpty && bytes.count <= 240
                    && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
                    && !".-~ ".utf8.contains(bytes[0])
                    && !". ".utf8.contains(bytes[bytes.count - 1])
                #expect(isSafe, "\(text.debugDescription) became \(name.debugDescription)")
                #expect(SafeName.fromHeader(name) == name)
            }
        }
    }
}
