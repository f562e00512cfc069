/// What a credential is, and how it is sent.
///
/// It is open: a later kind needs no change of what is stored.
public struct CredentialKind: RawRepresentable, Hashable, Sendable, Codable {
    /// The word that is stored and typed.
    public let rawValue: String

    /// Takes a word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// User name and password in the field `Authorization` (RFC 7617); if the server asks for
    /// Digest (RFC 7616) and has not been sent the password before, that is used.
    public static let basic = CredentialKind(rawValue: "basic")
    /// User name and password that are only used for Digest (RFC 7616), so that the password itself
    /// is never sent.
    public static let digest = CredentialKind(rawValue: "digest")
    /// A token in the field `Authorization` (RFC 6750).
    public static let bearer = CredentialKind(rawValue: "bearer")
    /// The value of a header field of any name.
    public static let header = CredentialKind(rawValue: "header")
    /// The value of the field `Cookie` (RFC 6265 §4.2).
    public static let cookie = CredentialKind(rawValue: "cookie")
    /// User name and password for a proxy (RFC 9110 §11.7).
    public static let proxy = CredentialKind(rawValue: "proxy")

    /// The kinds that this adm knows.
    public static let known: [CredentialKind] = [basic, digest, bearer, header, cookie, proxy]

    /// Whether it has a user name beside the secret.
    public var hasUser: Bool { [.basic, .digest, .proxy].contains(self) }
}

/// Where the secret of a credential is kept.
public enum CredentialStore: String, Sendable, Hashable, Codable, CaseIterable {
    /// The keyring of the desktop, through the Secret Service.
    case keyring
    /// An encrypted file of the workspace.
    case file
    /// A command that prints it, such as a password manager.
    case command
    /// Files in `$CREDENTIALS_DIRECTORY` (systemd.exec(5), Credentials).
    case systemd
    /// Variables `ADM_CREDENTIAL_HOST`.
    case environment
    /// `~/.netrc`, if `--netrc` says so.
    case netrc

    /// Those that a setting may name.
    public static let selectable: [CredentialStore] = [
        keyring, file, command, systemd, environment,
    ]

    /// Whether adm can put secrets into it.
    public var isWritable: Bool { self == .keyring || self == .file }
}
