import Foundation

/// User name and password that somebody wrote into a URL (RFC 3986 §3.2.1).
public enum URLLogin {
    /// Takes them out; nil if there are none.
    ///
    /// The credential is for the directory that the URL is in.
    ///
    /// - Throws: ``Failure`` with `usage` if the URL has a user name and no password.
    public static func take(
        from text: String,
        into store: CredentialStore
    ) throws(Failure) -> (url: String, login: Login)? {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return nil }
        let plain = String(text[..<scheme.upperBound] + rest[rest.index(after: at)...])
        let url = try SourceURL(plain)
        let info = authority[..<at]
        let parts = info.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = String(parts[0]).removingPercentEncoding ?? String(parts[0])
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Failure(
                .usage,
                "the URL has a user name and no password: \(SourceURL.redact(text))",
                hint:
                    "adm download --user NAME URL asks for it, adm auth login \(url.origin) --user NAME"
                    + " keeps it"
            )
        }
        let password = String(parts[1]).removingPercentEncoding ?? String(parts[1])
        let directory = url.path.prefix(through: url.path.lastIndex(of: "/") ?? url.path.startIndex)
        return (
            plain,
            Login(
                Credential(
                    kind: .basic,
                    origin: url.origin,
                    scope: try CredentialScope.parse(String(directory)),
                    user: user,
                    store: store
                ),
                secret: Secret(password)
            )
        )
    }
}
