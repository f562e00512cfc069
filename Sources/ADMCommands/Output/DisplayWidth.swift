/// How many columns of a terminal text takes.
///
/// Counted by what a person sees as one character (an extended grapheme cluster, UAX #29): a family
/// emoji is one picture of two columns, a letter with its accents one column.
enum DisplayWidth {
    /// The columns of text without control characters; pass others through
    /// ``Terminal/printable(_:unicode:)`` first.
    static func columns(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + columns($1) }
    }

    /// The columns of one character: 0, 1 or 2.
    static func columns(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.isASCII, scalars.count == 1 {
            return first.value >= 0x20 && first != "\u{7F}" ? 1 : 0
        }
        // U+FE0F asks for the picture, and so does a joiner between two pictures.
        let isPicture = scalars.dropFirst().contains { scalar in
            scalar == "\u{FE0F}" || (scalar == "\u{200D}" && !first.isASCII)
        }
        if isPicture, first.properties.isEmoji { return 2 }
        return min(2, scalars.reduce(0) { $0 + columns($1) })
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        // The vowels and final consonants of Hangul are drawn into the block of the first consonant.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator:
            return 0
        case .format: return isVisible(format: scalar) ? 1 : 0
        default: return WideScalars.contains(scalar) ? 2 : 1
        }
    }

    /// Whether a format character is drawn: the soft hyphen, and the Arabic, Syriac and Kaithi signs
    /// that enclose the digits after them.
    static func isVisible(format scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x1_10BD, 0x1_10CD: true
        default: false
        }
    }
}
