public import ADMModel
import ADMSystem
import Foundation

extension Workspaces {
    /// The removed workspaces that can be brought back, the newest first.
    public func trash() throws(Failure) -> [TrashedWorkspace] {
        try StateFile.names(in: home.trash)
            .compactMap { TrashedWorkspace(entry: $0, in: home.trash) }
            .filter { $0.expiresAt > now() }
            .sorted { ($1.removedAt, $0.name) < ($0.removedAt, $1.name) }
    }

    /// Brings the workspace back that was removed last under this name.
    ///
    /// - Parameters:
    ///   - name: Its name before it was removed.
    ///   - newName: The name it gets; nil for the old one.
    /// - Returns: The name it has now.
    /// - Throws: ``Failure`` with `workspaceNotFound` when the trash has none, `exists` when the name
    ///   is taken.
    @discardableResult
    public func restore(
        _ name: WorkspaceName,
        as newName: WorkspaceName? = nil
    ) throws(Failure) -> WorkspaceName {
        let target = newName ?? name
        return try locked { () throws(Failure) in
            let removed = try trash()
            guard let newest = removed.first(where: { $0.name == name.description }) else {
                let nearest = NearestWord.to(name.description, in: removed.map(\.name))
                throw Failure(
                    .workspaceNotFound,
                    "there is no removed workspace \"\(name)\"",
                    hint: nearest.map { "did you mean \($0)?" }
                        ?? "adm ws list --trash shows what can be brought back"
                )
            }
            guard !exists(target) else {
                throw Failure(
                    .exists,
                    "there is a workspace \"\(target)\" already",
                    hint: "bring it back under another name: adm ws restore \(name) --as NEWNAME"
                )
            }
            try StateFile.move(newest.path, to: home.workspace(target).root)
            return target
        }
    }

    /// Deletes what was removed more than seven days ago.
    ///
    /// An entry loses its name before its files, so that a process killed in between leaves nothing
    /// that could be brought back in part.
    func emptyTrash() throws(Failure) {
        let files = FileManager.default
        for entry in try StateFile.names(in: home.trash) {
            let path = "\(home.trash)/\(entry)"
            if entry.hasPrefix(Workspaces.deletedPrefix) {
                try? files.removeItem(atPath: path)
                continue
            }
            guard let removed = TrashedWorkspace(entry: entry, in: home.trash),
                removed.expiresAt <= now()
            else { continue }
            let doomed = "\(home.trash)/\(Workspaces.deletedPrefix)\(UUID.random().uuidString)"
            try StateFile.move(path, to: doomed)
            try? files.removeItem(atPath: doomed)
        }
    }

    private static let deletedPrefix = ".gone-"
}
