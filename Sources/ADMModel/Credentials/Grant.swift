import Foundation

/// A credential with its secret, ready to be sent.
public struct Grant: Sendable {
    /// What it is for.
    public let credential: Credential
    /// What proves it.
    public let secret: Secret

    /// Puts a credential and its secret together.
    public init(_ credential: Credential, _ secret: Secret) {
        self.credential = credential
        self.secret = secret
    }

    /// User name and password as Basic authentication writes them (RFC 7617 §2), in Base64.
    package var basicToken: String {
        var bytes = Array((credential.user ?? "").utf8)
        bytes.append(0x3A)
        return Data(bytes + secret.bytes).base64EncodedString()
    }

    /// The header field that it becomes; nil for one that waits for a challenge or is for a proxy.
    ///
    /// - Throws: ``Failure`` with `authentication` if the secret cannot stand in a header field.
    package func field() throws(Failure) -> HeaderField? {
        switch credential.kind {
        case .basic: return try field("Authorization", "Basic \(basicToken)")
        case .bearer: return try field("Authorization", "Bearer \(try text())")
        case .header: return try field(credential.fieldName ?? "", try text())
        case .cookie: return try field("Cookie", try text())
        default: return nil
        }
    }

    private func text() throws(Failure) -> String {
        guard let text = secret.text else { throw unusable() }
        return text
    }

    private func field(_ name: String, _ value: String) throws(Failure) -> HeaderField {
        do { return try HeaderField(name: name, value: value) } catch { throw unusable() }
    }

    private func unusable() -> Failure {
        Failure(
            .authentication,
            "the stored credential cannot be sent: \(credential.summary)",
            hint: "adm auth login \(credential.origin) stores it again",
            cause: "a header field holds text without control characters"
        )
    }
}

/// What a job may send to prove who asks.
public struct Access: Sendable {
    /// For the server of the job, at most one for each slot.
    public var grants: [Grant]
    /// For the proxy.
    public var proxy: Grant?

    /// Collects credentials.
    public init(grants: [Grant] = [], proxy: Grant? = nil) {
        self.grants = grants
        self.proxy = proxy
    }
}
