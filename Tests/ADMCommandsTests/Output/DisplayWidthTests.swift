import Testing

@testable import ADMCommands

/// Columns that the Python package wcwidth 0.7.0 (Unicode 17) tells for the same texts.
@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("plain.txt", 9),
        // East Asian wide, full-width and half-width.
        ("\u{6F22}\u{5B57}", 4), ("\u{D55C}", 2), ("\u{FF21}", 2), ("\u{FF71}", 1),
        ("\u{3042}.iso", 6), ("\u{3000}", 2), ("\u{FFE0}", 2), ("\u{20000}", 2),
        // Combining marks, alone and composed.
        ("e\u{301}", 1), ("a\u{301}\u{302}", 1), ("\u{E9}", 1), ("\u{301}", 0),
        // Hangul from its parts.
        ("\u{1100}\u{1161}\u{11A8}", 2), ("\u{1160}", 0),
        // South and South East Asian scripts.
        ("\u{E01}\u{E47}", 1), ("\u{E04}\u{E33}", 2), ("\u{928}\u{93F}", 2),
        ("\u{915}\u{94D}\u{937}\u{93F}", 2),
        // Emoji: plain, with a colour of skin, joined, flags, keycaps, text that becomes a picture.
        ("\u{1F600}", 2), ("\u{1F44D}\u{1F3FD}", 2), ("\u{1F9D1}\u{200D}\u{1F4BB}", 2),
        ("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}", 2),
        ("\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}", 2), ("\u{1F1E9}\u{1F1EA}", 2),
        ("\u{1F1E9}\u{1F1EA}\u{1F1EB}\u{1F1F7}", 4), ("1\u{FE0F}\u{20E3}", 2),
        ("\u{2764}", 1), ("\u{2764}\u{FE0F}", 2), ("\u{2122}", 1), ("\u{2122}\u{FE0F}", 2),
        // Nothing to see.
        ("\u{200B}", 0), ("\u{200D}", 0), ("\u{FE0F}", 0), ("\u{AD}", 1),
        // What progress is made of.
        ("\u{2026}\u{2588}\u{2589}\u{2595}\u{258F}\u{B7}", 6),
    ])
    func `text has the columns that terminals give it`(text: String, columns: Int) {
        #expect(DisplayWidth.columns(text) == columns)
    }

    @Test func `the columns of a text are those of its characters`() {
        let text = "a\u{6F22}e\u{301}\u{1F468}\u{200D}\u{1F469}\u{1F1E9}\u{1F1EA}"
        #expect(text.count == 5)
        #expect(DisplayWidth.columns(text) == 1 + 2 + 1 + 2 + 2)
    }

    @Test func `every boundary of the wide ranges is known`() {
        let boundaries: [(UInt32, Bool)] = [
            (0x10FF, false), (0x1100, true), (0x115F, true), (0x2319, false), (0x231A, true),
            (0x231B, true), (0x231C, false), (0x303E, true), (0x303F, false), (0xA4CF, false),
            (0xAC00, true), (0xD7A3, true), (0xD7A4, false), (0x1_F2FF, false), (0x1_F300, true),
            (0x2_0000, true), (0x3_FFFD, true), (0x3_FFFE, false),
        ]
        for (value, isWide) in boundaries {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(WideScalars.contains(scalar) == isWide, "U+\(String(value, radix: 16))")
        }
    }
}
