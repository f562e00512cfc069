/// The words that mark jobs.
public enum JobTag {
    /// The longest one, in bytes of UTF-8.
    public static let longest = 200

    /// Checks that a word can be a tag: one word, without blanks and control characters.
    ///
    /// - Throws: ``Failure`` with `usage`.
    public static func check(_ word: String) throws(Failure) {
        guard !word.isEmpty, word.utf8.count <= longest,
            word.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace
            })
        else {
            throw Failure(
                .usage,
                "\(word.prefix(longest).debugDescription) is not a valid tag",
                hint: "a tag is one word without spaces, of at most \(longest) bytes"
            )
        }
    }
}
