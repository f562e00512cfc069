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

extension Workspaces {
    /// The name of the workspace that a pointer means.
    ///
    /// If another workspace has the identity, the chosen one got that name.
    func target(of pointer: CurrentPointer) throws(Failure) -> WorkspaceName {
        guard let wanted = pointer.identity, (try? identity(of: pointer.current)) != wanted else {
            return pointer.current
        }
        return try names().first { (try? identity(of: $0)) == wanted } ?? pointer.current
    }

    /// Writes the pointer; the lock must be held.
    func point(to name: WorkspaceName) throws(Failure) -> WorkspaceUse {
        // A pointer that cannot be understood is what this repairs.
        let old = (try? CurrentPointer.read(home)) ?? nil
        let before = old?.current ?? .standard
        let pointer = CurrentPointer(
            current: name,
            identity: try? identity(of: name),
            previous: before == name ? old?.previous : before
        )
        if pointer != old { try pointer.write(home) }
        let override = ["ADM_WORKSPACE", "ADM_PROFILE"].first { variable in
            environment.variable(variable).map { $0 != name.description } ?? false
        }
        return WorkspaceUse(
            name: name,
            previous: before,
            overriddenBy: override,
            overridingName: override.flatMap { environment.variable($0) }
        )
    }
}
