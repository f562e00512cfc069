/// Takes what may be secret out of the URLs of text that is about to be shown: user names and passwords,
/// queries and fragments.
///
/// A URL that was parsed holds no password. That is for what people typed wrong: an unescaped slash in a
/// password, a forgotten scheme, a URL where a command was meant. Any parameter of a query may be a secret,
/// whatever its name.
package enum URLMask {
    /// The text with its URLs masked: `***` in the place of each user name with password, no queries.
    package static func mask(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x3F || $0 == 0x40 || $0 == 0x23 }) else {
            return text
        }
        var result = ""
        var word = ""
        var isQuoted = false
        for letter in text {
            let isEnd = letter.isWhitespace || letter == "\"" || (isQuoted && letter == "'")
            if isEnd || (word.isEmpty && letter == "'") {
                result += maskWord(word) + String(letter)
                word = ""
                isQuoted = letter == "'" && !isEnd
            } else {
                word.append(letter)
            }
        }
        return result + maskWord(word)
    }

    /// One URL, or what was meant as one, without user name, password, query and fragment.
    package static func maskURL(_ text: String) -> String {
        let masked = maskUserInfo(text)
        guard masked.utf8.contains(where: { $0 == 0x3F || $0 == 0x23 }) else { return masked }
        guard let mark = masked.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return masked }
        return String(masked[..<mark])
    }

    /// A URL with `***` in the place of all values of its query, so that a person who asked for a list of
    /// jobs can still tell one kind from another.
    package static func maskParameters(_ text: String) -> String {
        let result = maskUserInfo(text)
        guard let mark = result.firstIndex(of: "?") else { return result }
        let pairs = result[result.index(after: mark)...].split(
            separator: "&",
            omittingEmptySubsequences: false
        )
        let masked = pairs.map { pair in
            pair.isEmpty ? "" : pair.firstIndex(of: "=").map { pair[...$0] + "***" } ?? "***"
        }
        return result[...mark] + masked.joined(separator: "&")
    }

    /// A word of a sentence; a question mark behind a URL is the sentence's.
    private static func maskWord(_ word: String) -> String {
        let word = maskUserInfo(word)
        guard let scheme = word.firstRange(of: "://"),
            let mark = word[scheme.upperBound...].firstIndex(where: { $0 == "?" || $0 == "#" }),
            word.index(after: mark) != word.endIndex
        else { return word }
        let isInBrackets = word[..<scheme.lowerBound].contains("(") && word.hasSuffix(")")
        return word[..<mark] + (isInBrackets ? ")" : "")
    }

    /// One URL, or what was meant as one, with `***` in the place of user name and password.
    package static func maskUserInfo(_ text: String) -> String {
        guard text.utf8.contains(0x40), let last = text.lastIndex(of: "@") else { return text }
        guard let scheme = text.firstRange(of: "://") else {
            return text[..<last].contains(":") ? "***" + text[last...] : text
        }
        // Any number of slashes may stand in front of the host.
        let slashes = text[scheme.upperBound...].prefix { $0 == "/" || $0 == "\\" }
        let start = slashes.endIndex
        let authority = text[start...].prefix { !"/?#".contains($0) }
        if authority.contains("@") {
            // A slash in the password may not be escaped; nothing of it stands behind the last @.
            let place = text[start...].prefix { $0 != "?" && $0 != "#" }
            return text[..<start] + "***" + text[(place.lastIndex(of: "@") ?? start)...]
        }
        // What follows the colon of a host is a port; anything else is the beginning of a password.
        guard let colon = authority.lastIndex(of: ":"), last > colon,
            !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
        else { return text }
        return text[..<start] + "***" + text[last...]
    }
}
