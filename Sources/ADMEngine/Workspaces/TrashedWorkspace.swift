import ADMModel
public import Foundation

/// A workspace that was removed and can still be brought back.
public struct TrashedWorkspace: Sendable, Hashable {
    /// Its name before it was removed.
    public let name: String
    /// Its identity, as its place in the trash says.
    public let identity: UUID
    /// When it was removed, to the second.
    public let removedAt: Date
    /// Where it lies now.
    public let path: String

    /// How long a removed workspace is kept.
    public static let keeping: TimeInterval = 7 * 86_400

    /// When it will be deleted for good, by the first command after that which changes a workspace.
    public var expiresAt: Date { removedAt.addingTimeInterval(TrashedWorkspace.keeping) }

    /// Reads `NAME-UUID-SECONDS`; nil for anything else.
    init?(entry: String, in trash: String) {
        // A name may hold hyphens, so the entry is read from its end.
        guard let hyphen = entry.lastIndex(of: "-"),
            let seconds = Int64(digits: entry[entry.index(after: hyphen)...]),
            Date.known.contains(Date(timeIntervalSince1970: TimeInterval(seconds))),
            let identity = UUID(uuidString: String(entry[..<hyphen].suffix(36)))
        else { return nil }
        let name = entry[..<hyphen].dropLast(37)
        guard !name.isEmpty else { return nil }
        self.name = String(name)
        self.identity = identity
        self.removedAt = Date(timeIntervalSince1970: TimeInterval(seconds))
        self.path = "\(trash)/\(entry)"
    }

    /// The name of its place in the trash.
    static func entry(name: WorkspaceName, identity: UUID, removedAt: Date) -> String {
        let seconds = Int64(saturating: removedAt.timeIntervalSince1970)
        return "\(name)-\(identity.uuidString.lowercased())-\(seconds)"
    }
}
