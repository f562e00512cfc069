/// The one error type of adm: what happened, what to do about it, and what caused it.
///
/// Every layer throws it. The outside sees it through exactly one switch per door: exit codes in
/// the terminal, statuses over HTTP. Messages never contain a secret; URLs in them have no query.
public struct Failure: Error, Sendable, Hashable, Codable {
    /// The kind of failure, stable across releases and printed in JSON.
    public var code: Code
    /// One sentence without a final full stop: what happened, to which file, URL or setting.
    public var message: String
    /// What the person can do about it.
    public var hint: String?
    /// The lower error, in its own words.
    public var cause: String?
    /// How long the server asked to wait before the next attempt, in seconds (RFC 9110 §10.2.3).
    public var retryAfter: Double?
    /// The origin that asked to wait, as it is written in URLs.
    public var askedBy: String?
    /// The status with which a server refused; nil if it did not come to that.
    ///
    /// It is not kept.
    package var status: Int?

    private enum CodingKeys: String, CodingKey {
        case code, message, hint, cause, retryAfter, askedBy
    }

    /// Creates a failure; URLs lose their user names, passwords and queries.
    public init(
        _ code: Code,
        _ message: String,
        hint: String? = nil,
        cause: String? = nil,
        retryAfter: Double? = nil,
        askedBy: String? = nil
    ) {
        self.code = code
        self.message = URLMask.mask(message)
        self.hint = hint.map(URLMask.mask)
        self.cause = cause.map(URLMask.mask)
        self.retryAfter = retryAfter
        self.askedBy = askedBy
    }

    /// What kind of failure it is.
    ///
    /// `docs/errors.md` lists the exit code of each.
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// A fault of adm itself.
        case unclassified
        /// A command line, URL or option that cannot be understood.
        case usage
        /// A setting with a wrong name, type or value, with file, line and column in the message.
        case configuration
        /// The named workspace does not exist.
        case workspaceNotFound = "workspace-not-found"
        /// The named job does not exist.
        case jobNotFound = "job-not-found"
        /// The workspace has no such credential.
        case credentialNotFound = "credential-not-found"
        /// The server says that there is nothing: 404 or 410.
        case remoteNotFound = "remote-not-found"
        /// The server wants other credentials: 401, 403 or 407.
        case authentication
        /// The server is busy: 408, 425, 429 or 5xx, after all retries.
        case remoteBusy = "remote-busy"
        /// The server sent something that is not an answer to the request.
        case remoteProtocol = "remote-protocol"
        /// The bytes are not the bytes that were promised.
        case integrity
        /// The file changed on the server while it was fetched.
        case remoteChanged = "remote-changed"
        /// Some of several items failed.
        case partial
        /// The destination exists already.
        case exists
        /// Another process works on it.
        case locked
        /// No space or quota left.
        case noSpace = "no-space"
        /// The file system refuses: permission, read-only, missing, not a directory.
        case storage
        /// Refused by a safety rule.
        case refused
        /// The host name does not resolve.
        case resolve
        /// The connection could not be made, or broke.
        case network
        /// The server's certificate could not be verified.
        case tls
        /// Nothing arrived for too long.
        case timeout
        /// The credential store is locked or unavailable.
        case credentialStore = "credential-store"
        /// The database is damaged.
        case databaseDamaged = "database-damaged"
        /// The database was written by a newer adm.
        case databaseTooNew = "database-too-new"
        /// A person or another process cancelled it.
        case cancelled
        /// Accepted, but not finished.
        case unfinished
        /// Waiting for it took longer than was allowed.
        case timedOut = "timed-out"
        /// The job that it had to wait for did not succeed.
        case dependency
        /// Its process died three times without any progress.
        case poison
        /// Stopped by a signal, after a checkpoint.
        case interrupted
    }

    /// Whether the same request may succeed later without anybody changing anything.
    public var isTransient: Bool {
        switch code {
        case .remoteBusy, .resolve, .network, .timeout: true
        default: false
        }
    }
}

extension Failure: CustomStringConvertible {
    /// The message, the cause in brackets and the hint on a line of its own.
    public var description: String {
        var text = message
        if let cause { text += " (\(cause))" }
        if let hint { text += "\nhint: \(hint)" }
        return text
    }
}

// MARK: - Credentials

extension Failure {
    /// A credential that is not sent because its time is over.
    package static func expired(_ credential: Credential) -> Failure {
        let moment = credential.expiresAt?.shown ?? ""
        return Failure(
            .authentication,
            "the credential \(credential.summary) expired at \(moment) and is not sent",
            hint: "adm auth login \(credential.origin) stores a new one"
        )
    }

    /// A store that is open and does not have the secret of a credential.
    package static func missingSecret(_ credential: Credential) -> Failure {
        Failure(
            .credentialStore,
            "the store \(credential.store.rawValue) does not have the secret of \(credential.summary)",
            hint: "adm auth login \(credential.origin) stores it again"
        )
    }

    /// A credential that was refused again and again and is not tried any more, so that a server does
    /// not lock the account.
    package static func refusedBefore(_ credential: Credential) -> Failure {
        Failure(
            .authentication,
            "\(credential.origin) has refused the credential \(credential.summary) several times;"
                + " it is not sent again",
            hint: "adm auth login \(credential.origin) stores another one"
        )
    }
}
