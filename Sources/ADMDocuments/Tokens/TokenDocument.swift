package import ADMModel
package import Foundation

/// An access token of the daemon; never its secret.
package struct TokenDocument: Document {
    package static let name = "token"
    package static let summary = "An access token of the daemon; never its secret."

    private let token: AccessToken
    private let isExpired: Bool

    /// Shows a token as it is at a moment.
    package init(_ token: AccessToken, at now: Date = Date()) {
        self.token = token
        isExpired = token.isExpired(at: now)
    }

    package static let fields: [Field<TokenDocument>] = [
        Field("id", "Its identifier, which `adm token revoke` takes.") { $0.token.id },
        Field("scope", "What its holder may do; each allows what the ones before it allow.") {
            $0.token.scope
        },
        Field("workspace_id", "The UUID of the workspace that it is for; null for all.") {
            $0.token.workspace?.uuidString.lowercased()
        },
        Field("workspace", "The name that it has now; null for all, or if it was removed.") {
            $0.token.workspaceName
        },
        Field("created_at", "When it was made.") { $0.token.createdAt },
        Field("expires_at", "When it ends and is not accepted any more; null for never.") {
            $0.token.expiresAt
        },
        Field("expired", "Whether it has ended.") { $0.isExpired },
    ]
}

/// An access token that was made, with its secret.
package struct NewTokenDocument: Document {
    package static let name = "new-token"
    package static let summary = "An access token that was made, with its secret."

    private let document: TokenDocument
    private let secret: Secret

    /// Shows a token and its secret.
    package init(_ token: AccessToken, secret: Secret) {
        document = TokenDocument(token)
        self.secret = secret
    }

    package static let fields: [Field<NewTokenDocument>] =
        TokenDocument.fields.map { $0.of(\.document) } + [
            Field("token", "The secret, which is never shown again.") {
                String(decoding: $0.secret.bytes, as: UTF8.self)
            }
        ]
}

extension TokenScope: JSONWord {}
