package import ADMModel

/// A credential; never its secret.
package struct CredentialDocument: Document {
    package static let name = "credential"
    package static let summary = "A credential; never its secret."

    private let credential: Credential
    private let failure: Failure?
    private let isChecked: Bool

    /// Shows a credential without a look at its secret.
    package init(_ credential: Credential) {
        self.credential = credential
        failure = nil
        isChecked = false
    }

    /// Shows a credential and whether its secret can be read.
    package init(_ status: CredentialStatus) {
        credential = status.credential
        failure = status.failure
        isChecked = true
    }

    package static let fields: [Field<CredentialDocument>] = [
        Field("id", "Its identifier in the workspace, a UUID.") { $0.credential.identifier },
        Field("type", "What it is: `basic`, `digest`, `bearer`, `header` and so on.") {
            $0.credential.kind.rawValue
        },
        Field("origin", "The server or proxy that it is for; it is sent nowhere else.") {
            $0.credential.origin.description
        },
        Field("scope", "The path that it is sent for, with everything below.") {
            $0.credential.scope
        },
        Field("user", "The user name; null if it has none.") { $0.credential.user },
        Field("header_name", "The name of the header field; null unless it is one.") {
            $0.credential.fieldName
        },
        Field("store", "Where the secret is.") { $0.credential.store.rawValue },
        Field("created_at", "When it was stored first.") { $0.credential.createdAt },
        Field("expires_at", "When it ends and is not sent any more; null for never.") {
            $0.credential.expiresAt
        },
        Field("used_at", "When it was sent last; null if it was not.") { $0.credential.usedAt },
        Field("usable", "Whether the secret can be read now; null if nobody looked.") {
            $0.isChecked ? $0.failure == nil : nil
        },
        Field("error", "Why the secret cannot be read; null if it can, or if nobody looked.") {
            $0.failure.map(ErrorDocument.init)
        },
        Field(deprecated: "problem", use: "error") { $0.failure?.message },
    ]
}
