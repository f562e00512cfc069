import ADMEngine
import Foundation

/// A removed workspace as JSON shows it.
struct RemovalRow: Encodable {
    /// A file that was not deleted.
    struct Kept: Encodable {
        let path: String
        let reason: String
    }

    let name: String
    let id: String
    let trash: String
    let expiresAt: Date
    let deletedFiles: [String]
    let keptFiles: [Kept]

    enum CodingKeys: String, CodingKey {
        case name
        case id
        case trash
        case expiresAt = "expires_at"
        case deletedFiles = "deleted_files"
        case keptFiles = "kept_files"
    }

    init(_ removal: WorkspaceRemoval) {
        name = removal.trashed.name
        id = removal.trashed.identity.uuidString.lowercased()
        trash = removal.trashed.path
        expiresAt = removal.trashed.expiresAt
        deletedFiles = removal.deletedFiles
        keptFiles = removal.keptFiles.map { Kept(path: $0.path, reason: $0.reason) }
    }
}
