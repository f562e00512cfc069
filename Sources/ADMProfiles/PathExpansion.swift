import ADMModel

/// Makes paths absolute.
struct PathExpansion: Sendable {
    private let home: String?
    private let workingDirectory: String?

    /// Takes the home directory, which counts only when it is absolute, and the working directory;
    /// nil for the process's own.
    init(home: String?, workingDirectory: String?) {
        self.home = home.flatMap { $0.hasPrefix("/") ? $0 : nil }
        self.workingDirectory = workingDirectory
    }

    /// The absolute path without empty and `.` parts; nil for a path below an unknown home.
    ///
    /// `..` stays: behind a symbolic link it means something else than its text says.
    ///
    /// - Throws: ``Failure`` with `storage` if it is relative and the current directory cannot be told.
    func absolute(_ path: String) throws(Failure) -> String? {
        var full = path
        if path == "~" || path.hasPrefix("~/") {
            guard let home else { return nil }
            full = home + path.dropFirst()
        } else if path.utf8.first != 0x2F {
            let start =
                if let workingDirectory { workingDirectory } else { try WorkingDirectory.path() }
            full = start + "/" + path
        }
        // Bytes, because a slash with a combining mark behind it is another character.
        let parts = full.utf8.split(separator: 0x2F).map { Substring($0) }
        return "/" + parts.filter { $0 != "." }.joined(separator: "/")
    }
}
