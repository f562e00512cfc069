package import Foundation

/// A removed workspace in the trash.
package struct TrashDocument: Document {
    package static let name = "trash"
    package static let summary = "A removed workspace in the trash."

    private let workspace: String
    private let identity: String
    private let removedAt: Date
    private let expiresAt: Date
    private let path: String

    /// Shows a removed workspace; `identity` is its UUID in lower case.
    package init(
        name: String,
        identity: String,
        removedAt: Date,
        expiresAt: Date,
        path: String
    ) {
        workspace = name
        self.identity = identity
        self.removedAt = removedAt
        self.expiresAt = expiresAt
        self.path = path
    }

    package static let fields: [Field<TrashDocument>] = [
        Field("name", "The name that it had.") { $0.workspace },
        Field("id", "Its UUID.") { $0.identity },
        Field("removed_at", "When it was removed.") { $0.removedAt },
        Field("expires_at", "Until when `adm ws restore` can bring it back.") { $0.expiresAt },
        Field("path", "Where its files are now.") { $0.path },
    ]
}

/// What the removal of a workspace did.
package struct RemovalDocument: Document {
    package static let name = "removal"
    package static let summary = "What the removal of a workspace did."

    private let trash: TrashDocument
    private let deleted: [String]
    private let kept: [(path: String, reason: String)]

    /// Shows a removal: where the workspace is, and which saved files were deleted and kept.
    package init(
        _ trash: TrashDocument,
        deleted: [String],
        kept: [(path: String, reason: String)]
    ) {
        self.trash = trash
        self.deleted = deleted
        self.kept = kept
    }

    package static let fields: [Field<RemovalDocument>] =
        TrashDocument.fields.map { $0.of(\.trash) } + [
            Field("deleted_files", "The saved files that were deleted.") { $0.deleted },
            Field("kept_files", "The saved files that were not deleted though that was asked.") {
                $0.kept.map(KeptFileDocument.init)
            },
            TrashDocument.deprecatedPath.of(\.trash),
        ]
}

extension TrashDocument {
    fileprivate static let deprecatedPath = Field<TrashDocument>(deprecated: "trash", use: "path") {
        $0.path
    }
}

/// A file that was not deleted.
struct KeptFileDocument: Document {
    static let name = "kept-file"
    static let summary = "A file that was not deleted."

    let path: String
    let reason: String

    static let fields: [Field<KeptFileDocument>] = [
        Field("path", "The file.") { $0.path },
        Field("reason", "Why it was not deleted, in words.") { $0.reason },
    ]
}
