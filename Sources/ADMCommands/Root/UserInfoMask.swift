/// Masks user names and passwords of URLs in text that is about to be printed.
///
/// Messages redact the URLs that they know of; what is no URL for them, such as a mistyped command, is
/// shown as it was typed.
enum UserInfoMask {
    /// The text with `***` where an authority has something before its `@` (RFC 3986 §3.2).
    static func mask(_ text: String) -> String {
        guard text.utf8.contains(0x40) else { return text }
        var result = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { !"/?#\"' ".contains($0) && !$0.isNewline }
            guard let at = authority.lastIndex(of: "@") else { continue }
            result += "***"
            rest = rest[at...]
        }
        return result + rest
    }
}
