/// Makes paths absolute, wherever they were given.
public struct PathExpansion: Sendable {
    private let home: String?
    private let workingDirectory: String?

    /// Takes the home directory, which counts only when it is absolute, and the working directory;
    /// nil for the process's own.
    public init(home: String?, workingDirectory: String? = nil) {
        self.home = home.flatMap { $0.hasPrefix("/") ? $0 : nil }
        self.workingDirectory = workingDirectory
    }

    /// Whether a path begins with a tilde that is not understood.
    ///
    /// `~/` alone is: another user's home directory is not guessed.
    public static func namesOtherHome(_ path: String) -> Bool {
        path.hasPrefix("~") && path != "~" && !path.hasPrefix("~/")
    }

    /// What to do about a path that ``namesOtherHome(_:)``.
    public static let hint =
        "only ~/ is understood; for a file whose name begins with ~ write ./~"

    /// The absolute path without empty and `.` parts; nil for a path below an unknown home.
    ///
    /// `..` stays: behind a symbolic link it means something else than its text says.
    ///
    /// - Throws: ``Failure`` with `storage` if it is relative and the current directory cannot be told.
    public func absolute(_ path: String) throws(Failure) -> String? {
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

    /// The same for a path of the command line.
    ///
    /// - Throws: ``Failure`` with `usage` if it begins with a tilde that stands for nothing known; as
    ///   ``absolute(_:)``.
    public func given(_ path: String) throws(Failure) -> String {
        if PathExpansion.namesOtherHome(path) {
            throw Failure(
                .usage,
                "\(path.debugDescription) is not a path that adm understands",
                hint: PathExpansion.hint
            )
        }
        guard let absolute = try absolute(path) else {
            throw Failure(
                .usage,
                "\(path.debugDescription) begins with ~, and HOME does not name a directory",
                hint: "set HOME, or write an absolute path"
            )
        }
        return absolute
    }
}
