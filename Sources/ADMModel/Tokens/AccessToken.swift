public import Foundation

/// What is known of an access token without its secret: what its holder may do, where, and for how long.
public struct AccessToken: Sendable, Hashable, Identifiable {
    /// Names it: eight lower-case hexadecimal digits, which its secret has too.
    public let id: String
    /// What its holder may do.
    public let scope: TokenScope
    /// The identity of the one workspace that it is for; nil for all workspaces.
    public let workspace: UUID?
    /// The name that this workspace has now; nil if it is for all, if there is no such workspace any more, or if
    /// nobody looked.
    public let workspaceName: String?
    /// When it was made.
    public let createdAt: Date
    /// When it ends and is not accepted any more; nil for never.
    public let expiresAt: Date?

    /// Creates a description.
    public init(
        id: String,
        scope: TokenScope,
        workspace: UUID? = nil,
        workspaceName: String? = nil,
        createdAt: Date,
        expiresAt: Date? = nil
    ) {
        self.id = id
        self.scope = scope
        self.workspace = workspace
        self.workspaceName = workspaceName
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether it has ended.
    public func isExpired(at now: Date = Date()) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// The same token, with the name of its workspace.
    package func named(_ name: String?) -> AccessToken {
        AccessToken(
            id: id,
            scope: scope,
            workspace: workspace,
            workspaceName: name,
            createdAt: createdAt,
            expiresAt: expiresAt
        )
    }
}
