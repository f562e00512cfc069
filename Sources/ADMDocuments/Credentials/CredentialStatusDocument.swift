package import ADMModel

/// Whether the secrets of a workspace can be read now.
package struct CredentialStatusDocument: Document {
    package static let name = "credential-status"
    package static let summary = "Whether the secrets of a workspace can be read now."

    private let workspace: WorkspaceName
    private let store: CredentialStore?
    private let keyring: StoreState
    private let statuses: [CredentialStatus]

    /// Shows the state of the stores and of the credentials.
    package init(
        workspace: WorkspaceName,
        store: CredentialStore?,
        keyring: StoreState,
        _ statuses: [CredentialStatus]
    ) {
        self.workspace = workspace
        self.store = store
        self.keyring = keyring
        self.statuses = statuses
    }

    package static let fields: [Field<CredentialStatusDocument>] = [
        Field("workspace", "The name of the workspace.") { $0.workspace.description },
        Field("store", "Where new secrets go; `none` for nowhere.") {
            $0.store?.rawValue ?? "none"
        },
        Field("keyring", "The state of the keyring; docs/credentials.md lists the words.") {
            $0.keyring.word
        },
        Field("credentials", "The credentials.") { $0.statuses.map(CredentialDocument.init) },
    ]
}

/// What a server said to the credentials that are for it.
package struct CredentialTestDocument: Document {
    package static let name = "credential-test"
    package static let summary = "What a server said to the credentials that are for it."

    private let test: CredentialTest

    /// Shows the answers.
    package init(_ test: CredentialTest) { self.test = test }

    package static let fields: [Field<CredentialTestDocument>] = [
        Field("url", "What was asked for, without its query.") { $0.test.url.redacted },
        Field("status", "The status of the answer.") { $0.test.status },
        Field("accepted", "Whether the server gave what was asked for.") { $0.test.status < 400 },
        Field("needed", "Whether credentials were sent, and without them it gives something else.")
        {
            !$0.test.needsNoCredential && !$0.test.sent.isEmpty
        },
        Field("sent", "The credentials that were sent.") {
            $0.test.sent.map { CredentialDocument($0) }
        },
    ]
}
