import ADMModel
import ADMSystem
import Foundation

/// What `adm ws use` chose, and what was chosen before.
///
/// Two lines of one file, so that both change in one step: `NAME UUID`, and the name before. The
/// identity finds the workspace again if a process was killed while it renamed it.
struct CurrentPointer: Hashable {
    /// The chosen workspace.
    var current: WorkspaceName
    /// Its identity; nil if it did not exist yet, as `default` may not.
    var identity: UUID?
    /// The one before, for `adm ws use -`.
    var previous: WorkspaceName?

    /// Reads the pointer; nil when nothing was ever chosen.
    ///
    /// - Throws: ``Failure`` with `configuration` when the file holds no name, with the remedy.
    static func read(_ home: HomeLayout) throws(Failure) -> CurrentPointer? {
        guard let text = try StateFile.read(home.currentFile) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false).map(
            String.init
        )
        do {
            return CurrentPointer(
                current: try WorkspaceName(words[0]),
                identity: words.dropFirst().first.flatMap(UUID.init(uuidString:)),
                previous: try lines.dropFirst().first.flatMap { (line) throws(Failure) in
                    line.isEmpty ? nil : try WorkspaceName(String(line))
                }
            )
        } catch {
            throw Failure(
                .configuration,
                "\(home.currentFile) does not name a workspace",
                hint: "choose one again with adm ws use NAME",
                cause: error.message
            )
        }
    }

    /// Writes the pointer, durably.
    func write(_ home: HomeLayout) throws(Failure) {
        let first = [current.description, identity?.uuidString.lowercased()].compactMap(\.self)
        let lines = [first.joined(separator: " "), previous?.description].compactMap(\.self)
        try StateFile.replace(home.currentFile, with: lines.joined(separator: "\n") + "\n")
    }
}
