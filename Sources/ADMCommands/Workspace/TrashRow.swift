import ADMEngine
import Foundation

/// A removed workspace in the trash as JSON shows it.
struct TrashRow: Encodable {
    let name: String
    let id: String
    let removedAt: Date
    let expiresAt: Date
    let path: String

    enum CodingKeys: String, CodingKey {
        case name
        case id
        case removedAt = "removed_at"
        case expiresAt = "expires_at"
        case path
    }

    init(_ removed: TrashedWorkspace) {
        name = removed.name
        id = removed.identity.uuidString.lowercased()
        removedAt = removed.removedAt
        expiresAt = removed.expiresAt
        path = removed.path
    }
}
