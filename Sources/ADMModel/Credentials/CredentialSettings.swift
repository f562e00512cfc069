/// Where the secrets of a workspace come from.
public struct CredentialSettings: Sendable, Hashable {
    /// Where new ones are kept; nil to use no stored credential at all.
    public var store: CredentialStore?
    /// The command that prints a secret, with its arguments.
    public var command: [String]
    /// The file with the key of the encrypted file.
    public var keyFile: String?

    /// Collects the settings; the command is split at blanks, `"` and `'` keep a word together.
    public init(
        store: CredentialStore? = .keyring,
        command: String? = nil,
        keyFile: String? = nil
    ) {
        self.store = store
        self.command = command.map(CredentialSettings.words) ?? []
        self.keyFile = keyFile
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for letter in text {
            if let open = quote {
                if letter == open { quote = nil } else { word?.append(letter) }
            } else if letter == "\"" || letter == "'" {
                quote = letter
                word = word ?? ""
            } else if letter.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(letter)
            }
        }
        return words + [word].compactMap(\.self)
    }
}
