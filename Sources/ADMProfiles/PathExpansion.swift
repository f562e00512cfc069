import Foundation

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
    func absolute(_ path: String) -> String? {
        var full = path
        if path == "~" || path.hasPrefix("~/") {
            guard let home else { return nil }
            full = home + path.dropFirst()
        } else if !path.hasPrefix("/") {
            full = (workingDirectory ?? FileManager.default.currentDirectoryPath) + "/" + path
        }
        return "/" + full.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
