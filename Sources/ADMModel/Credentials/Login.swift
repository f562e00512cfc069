/// What somebody wants to be stored.
public struct Login: Sendable {
    /// What it is for.
    public var credential: Credential
    /// The secret; nil for a store that adm only reads.
    public var secret: Secret?

    /// Creates a login.
    public init(_ credential: Credential, secret: Secret?) {
        self.credential = credential
        self.secret = secret
    }
}

/// What is to be said about the store of a credential.
public struct CredentialStatus: Sendable {
    /// The credential.
    public var credential: Credential
    /// Why the secret cannot be had now; nil if it can.
    public var failure: Failure?

    /// Creates the state.
    public init(credential: Credential, failure: Failure?) {
        self.credential = credential
        self.failure = failure
    }
}

/// The target of a login: a server, and the part of it.
public enum LoginTarget {
    /// Reads `host`, `host:port` or a URL; without a scheme it is https.
    ///
    /// - Throws: ``Failure`` with `usage`.
    public static func parse(
        _ text: String,
        isProxy: Bool = false
    ) throws(Failure) -> (origin: SourceURL.Origin, scope: String) {
        if isProxy { return (try proxy(text), "/") }
        let url = try SourceURL(text.contains("://") ? text : "https://\(text)")
        guard !url.string.contains("?") else {
            throw Failure(
                .usage,
                "a credential is for a server or a path, not for a query: \(url.redacted)"
            )
        }
        return (url.origin, try CredentialScope.parse(url.path))
    }

    private static func proxy(_ text: String) throws(Failure) -> SourceURL.Origin {
        let full = text.contains("://") ? text : "http://\(text)"
        guard let origin = ProxyAddress.origin(of: full), origin.scheme == "http",
            ProxyAddress.withoutLogin(full) == full
        else {
            throw Failure(
                .usage,
                "\(SourceURL.redact(text).debugDescription) is not a proxy that adm can log in to",
                hint: "write http://host:port; SOCKS proxies take no password here"
            )
        }
        return origin
    }
}

/// What a login came to.
public struct SavedLogin: Sendable {
    /// The credential that is kept now.
    public var credential: Credential
    /// The one that it took the place of.
    public var earlier: Credential?
    /// Why the secret of the earlier one could not be removed from its store; nil if it was.
    public var leftover: Failure?

    /// Creates a login.
    public init(credential: Credential, earlier: Credential?, leftover: Failure?) {
        self.credential = credential
        self.earlier = earlier
        self.leftover = leftover
    }
}
