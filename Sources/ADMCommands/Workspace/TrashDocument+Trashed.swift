import ADMDocuments
import ADMEngine
import Foundation

extension TrashDocument {
    /// Shows a removed workspace.
    init(_ removed: TrashedWorkspace) {
        self.init(
            name: removed.name,
            identity: removed.identity.uuidString.lowercased(),
            removedAt: removed.removedAt,
            expiresAt: removed.expiresAt,
            path: removed.path
        )
    }
}
