extension Terminal {
    /// Text of unknown origin in a form that cannot steer the terminal or deceive the reader.
    ///
    /// Control characters (C0, C1, ESC, line ends), characters that change the direction of writing,
    /// invisible ones and combining marks with nothing to combine with are written as `\u{1B}`. Joiners
    /// and tags stay inside emoji. With `unicode` false, every character outside ASCII becomes `?`.
    static func printable(_ text: String, unicode: Bool = true) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        for character in text {
            result += printable(character, unicode: unicode)
        }
        return result
    }

    private static func printable(_ character: Character, unicode: Bool) -> String {
        let scalars = Array(character.unicodeScalars)
        guard scalars.count > 1 || scalars.first?.isASCII != true else {
            return scalars.map { isSafe($0) ? String($0) : escaped($0) }.joined()
        }
        guard let first = scalars.first, isSafe(first), !isMark(first) else {
            // Without its base, what follows would join the character before.
            return scalars.map { $0.isASCII && isSafe($0) ? String($0) : escaped($0) }.joined()
        }
        guard unicode else { return "?" }
        return scalars.map { scalar in
            isSafe(scalar) || isPart(scalar, ofPicture: first)
                ? String(scalar) : escaped(scalar)
        }.joined()
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Letters by category, but nothing to see: the fillers of Hangul, and the grapheme joiner.
        case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x34F: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .format: return scalar != "\u{AD}" && DisplayWidth.isVisible(format: scalar)
        default: return true
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: false
        }
    }

    /// The joiner, and the tags that make a flag of a part of a country.
    private static func isPart(
        _ scalar: Unicode.Scalar,
        ofPicture first: Unicode.Scalar
    ) -> Bool {
        guard first.properties.isEmoji, !first.isASCII else { return false }
        let isTag = (0xE_0020...0xE_007F).contains(scalar.value)
        return scalar == "\u{200D}" || (isTag && first == "\u{1F3F4}")
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
}
