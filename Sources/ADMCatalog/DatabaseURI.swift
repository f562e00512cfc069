/// Names under which SQLite opens a file in a way of its own (<https://www.sqlite.org/uri.html>).
enum DatabaseURI {
    /// The database file alone, as if nobody could change it: without locks, log and journal.
    static func immutable(_ path: String) -> String { encoded(path) + "?mode=ro&immutable=1" }

    /// The database file and its log, without locks; in exclusive locking mode this needs no shared
    /// memory.
    static func unlocked(_ path: String) -> String { encoded(path) + "?mode=ro&vfs=unix-none" }

    private static func encoded(_ path: String) -> String {
        "file:"
            + path.utf8.map { byte -> String in
                let character = Character(UnicodeScalar(byte))
                let isPlain =
                    character.isASCII
                    && (character.isLetter || character.isNumber || "/-._~".contains(character))
                guard !isPlain else { return String(character) }
                return "%" + String(Int(byte) + 256, radix: 16).suffix(2)
            }
            .joined()
    }
}
