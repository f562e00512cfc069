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

    /// The columns of one character: mostly 0, 1 or 2.
    static func columns(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if scalars.count == 1 { return columns(first) }
        // Two letters make a flag, and joined consonants of India one letter of two columns at most.
        let isFlag = isRegional(first) && scalars.dropFirst().first.map(isRegional) == true
        let isJoined =
            scalars.contains { $0.properties.canonicalCombiningClass == .virama }
            && !scalars.contains(where: WideScalars.contains)
        let sum = sum(scalars, first: first)
        if isFlag { return sum - 2 }
        return isJoined ? min(2, sum) : sum
    }

    private static func sum(
        _ scalars: Character.UnicodeScalarView,
        first: Unicode.Scalar
    ) -> Int {
        let isPicture = first.properties.isEmoji
        var sum = 0
        var isJoined = false
        for scalar in scalars {
            switch scalar.value {
            // Asks for the picture of a character that is also text.
            case 0xFE0F: if isPicture { sum = max(sum, 2) }
            // What follows is drawn into the same picture.
            case 0x200D where isPicture && !first.isASCII:
                sum = max(sum, 2)
                isJoined = true
                continue
            // A colour of skin.
            case 0x1_F3FB...0x1_F3FF where first.properties.isEmojiModifierBase: sum = max(sum, 2)
            default: if !isJoined { sum += columns(scalar) }
            }
            isJoined = false
        }
        return sum
    }

    private static func isRegional(_ scalar: Unicode.Scalar) -> Bool {
        (0x1_F1E6...0x1_F1FF).contains(scalar.value)
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar != "\u{7F}" ? 1 : 0 }
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
