/// Masks user names and passwords of URLs in text that is about to be shown.
///
/// A URL that was parsed holds none. This is for what people typed wrong: an unescaped slash in a password,
/// a forgotten scheme, a URL where a command was meant.
package enum UserInfoMask {
    /// The text with `***` in the place of each user name with password.
    package static func mask(_ text: String) -> String {
        guard text.utf8.contains(0x40) else { return text }
        var result = ""
        var word = ""
        for letter in text {
            if letter.isWhitespace || letter == "\"" || letter == "'" {
                result += maskURL(word) + String(letter)
                word = ""
            } else {
                word.append(letter)
            }
        }
        return result + maskURL(word)
    }

    /// The same for one URL, or what was meant as one.
    static func maskURL(_ text: String) -> String {
        guard text.utf8.contains(0x40), let last = text.lastIndex(of: "@") else { return text }
        guard let scheme = text.firstRange(of: "://") else {
            return text[..<last].contains(":") ? "***" + text[last...] : text
        }
        let start = scheme.upperBound
        let authority = text[start...].prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") {
            return text[..<start] + "***" + text[at...]
        }
        // What follows the colon of a host is a port; anything else is the beginning of a password.
        guard let colon = authority.lastIndex(of: ":"), last > colon,
            !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
        else { return text }
        return text[..<start] + "***" + text[last...]
    }
}
