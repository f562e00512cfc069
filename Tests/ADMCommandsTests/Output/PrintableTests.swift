import Testing

@testable import ADMCommands

@Suite struct PrintableTests {
    @Test(arguments: [
        ("plain name.txt", "plain name.txt"),
        ("\u{1B}[2J\u{1B}]0;title\u{7}", "\\u{1B}[2J\\u{1B}]0;title\\u{7}"),
        ("a\r\nb\tc\u{0}", "a\\u{D}\\u{A}b\\u{9}c\\u{0}"),
        ("\u{9B}31m\u{85}\u{7F}", "\\u{9B}31m\\u{85}\\u{7F}"),
        // Direction of writing.
        ("invoice\u{202E}fdp.exe", "invoice\\u{202E}fdp.exe"),
        ("\u{2066}a\u{2069}\u{200F}\u{61C}", "\\u{2066}a\\u{2069}\\u{200F}\\u{61C}"),
        // Nothing to see.
        ("a\u{200B}b\u{FEFF}\u{2060}\u{AD}", "a\\u{200B}b\\u{FEFF}\\u{2060}\\u{AD}"),
        ("a\u{200D}b", "a\\u{200D}b"), ("1\u{200D}", "1\\u{200D}"), ("\u{3164}", "\\u{3164}"),
        ("a\u{2028}b", "a\\u{2028}b"),
        // Text that stays as it is.
        ("\u{6F22}\u{5B57}.zip", "\u{6F22}\u{5B57}.zip"), ("re\u{301}s", "re\u{301}s"),
        ("\u{645}\u{644}\u{641}.pdf", "\u{645}\u{644}\u{641}.pdf"),
        (
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
        ),
        ("\u{2764}\u{FE0F}", "\u{2764}\u{FE0F}"),
        (
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"
        ),
        // A mark at the beginning would join what is printed before it.
        ("\u{301}x", "\\u{301}x"),
        // Bytes that were no UTF-8.
        ("a\u{FFFD}b", "a\u{FFFD}b"),
    ])
    func `P5 text of unknown origin cannot steer the terminal`(text: String, expected: String) {
        #expect(Terminal.printable(text) == expected)
    }

    @Test func `without Unicode everything else is a question mark`() {
        let text = "\u{6F22}a\u{1F1E9}\u{1F1EA}e\u{301}\u{1B}"
        #expect(Terminal.printable(text, unicode: false) == "?a??\\u{1B}")
    }

    @Test func `P5 no control or format character is left of any scalar`() {
        for value in UInt32(0)...0x2_FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = Terminal.printable("a" + String(scalar) + "b")
            for left in shown.unicodeScalars where !left.isASCII {
                let category = left.properties.generalCategory
                let isHidden = [.control, .lineSeparator, .paragraphSeparator].contains(category)
                let isFormat = category == .format && !DisplayWidth.isVisible(format: left)
                #expect(!isHidden && !isFormat, "U+\(String(value, radix: 16))")
            }
        }
    }
}
