/// What a server made of a request with credentials.
public struct CredentialTest: Sendable {
    /// What was asked for.
    public var url: SourceURL
    /// The credentials that are for it; empty if the workspace has none.
    public var sent: [Credential]
    /// The status of the answer.
    public var status: Int
    /// The status without credentials, if it was asked for.
    public var anonymousStatus: Int?

    /// Creates the answers.
    package init(url: SourceURL, sent: [Credential], status: Int, anonymousStatus: Int?) {
        self.url = url
        self.sent = sent
        self.status = status
        self.anonymousStatus = anonymousStatus
    }

    /// Whether the server or the proxy refuses who asks.
    public var isRefused: Bool { [401, 403, 407].contains(status) }

    /// Whether the server gives the same to everybody, so that nothing is proved.
    public var needsNoCredential: Bool { anonymousStatus.map { $0 < 400 } ?? false }
}
