public import Foundation

/// What is known of a credential without its secret: what it is for, and where the secret is.
public struct Credential: Sendable, Hashable, Codable, Identifiable {
    /// Names it in this workspace.
    public let id: UUID
    /// What it is.
    public var kind: CredentialKind
    /// The server that it is for, or the proxy; it is sent nowhere else.
    public var origin: SourceURL.Origin
    /// The path that it is sent for, with everything below; `/` for the whole server.
    public var scope: String
    /// The user name, if it has one.
    public var user: String?
    /// The name of the header field, for ``CredentialKind/header``.
    public var fieldName: String?
    /// Where the secret is.
    public var store: CredentialStore
    /// When it was stored first.
    public var createdAt: Date
    /// When it ends and is not sent any more; nil for never.
    public var expiresAt: Date?
    /// When it was sent last.
    public var usedAt: Date?

    /// Creates a credential.
    public init(
        id: UUID = .random(),
        kind: CredentialKind,
        origin: SourceURL.Origin,
        scope: String = "/",
        user: String? = nil,
        fieldName: String? = nil,
        store: CredentialStore,
        createdAt: Date = Date(),
        expiresAt: Date? = nil,
        usedAt: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.origin = origin
        self.scope = scope
        self.user = user
        self.fieldName = fieldName
        self.store = store
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }

    /// Its name as it is written everywhere: in lower case.
    public var identifier: String { id.uuidString.lowercased() }

    /// Which part of a request it fills: of two with the same slot only one is sent.
    public var slot: String {
        switch kind {
        case .basic, .digest, .bearer: "authorization"
        case .header: "header:\(fieldName?.lowercased() ?? "")"
        default: kind.rawValue
        }
    }

    /// Whether it may be sent with a request for a URL: same scheme, host and port, and a path inside
    /// its scope.
    public func covers(_ url: SourceURL) -> Bool {
        url.origin == origin && CredentialScope.contains(url.path, in: scope)
    }

    /// Whether it has ended.
    public func hasExpired(at now: Date = Date()) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// What it is, in words for people.
    public var summary: String {
        let name = user.map { "\($0)@" } ?? ""
        return "\(kind.rawValue) \(name)\(origin)\(scope == "/" ? "" : scope)"
    }
}

/// The part of a server that a credential is for.
public enum CredentialScope {
    /// The scope in its normal form: with a slash at the beginning and none at the end.
    ///
    /// - Throws: ``Failure`` with `usage` for text that is not an absolute path.
    public static func parse(_ text: String) throws(Failure) -> String {
        guard text.hasPrefix("/"), !text.contains(where: { "?#".contains($0) || $0.isWhitespace }),
            !hasDotSegments(text)
        else {
            throw Failure(
                .usage,
                "the scope \(text.debugDescription) is not a valid path",
                hint: "write it as it stands in the URL, for example /private"
            )
        }
        let trimmed = text.reversed().drop { $0 == "/" }.reversed()
        return trimmed.isEmpty ? "/" : String(trimmed)
    }

    /// Whether a path, percent-encoded, is the scope or lies below it.
    static func contains(_ path: String, in scope: String) -> Bool {
        guard scope != "/" else { return true }
        guard path.hasPrefix(scope), !hasDotSegments(path) else { return false }
        let rest = path.dropFirst(scope.count)
        return rest.isEmpty || rest.hasPrefix("/")
    }

    /// Servers may decode `%2e%2e` and `%2f` and leave the scope.
    private static func hasDotSegments(_ path: String) -> Bool {
        path.lowercased()
            .replacing("%2e", with: ".").replacing("%2f", with: "/").replacing("%5c", with: "/")
            .split { $0 == "/" || $0 == "\\" }
            .contains { $0 == ".." || $0 == "." }
    }
}
