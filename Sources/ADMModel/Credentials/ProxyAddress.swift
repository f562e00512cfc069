import Foundation

/// A proxy's URL, taken apart.
package enum ProxyAddress {
    /// Scheme, host and port; nil if one of them is missing or cannot be.
    package static func origin(of url: String) -> SourceURL.Origin? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, hasPort(url)
        else { return nil }
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard !name.isEmpty else { return nil }
        return SourceURL.Origin(
            scheme: scheme,
            host: name.lowercased(),
            port: parts.port ?? (scheme.hasPrefix("socks") ? 1080 : 8080)
        )
    }

    /// Whether the port that is written is one of 1 to 65535; true if none is written.
    ///
    /// The libraries that read URLs take some other numbers for no port at all, and others modulo 65536.
    package static func hasPort(_ url: String) -> Bool {
        let place =
            split(url).authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let end = place.lastIndex(of: "]").map { place[$0...] } ?? place
        guard let colon = end.firstIndex(of: ":") else { return true }
        let port = end[end.index(after: colon)...]
        return port.isEmpty || Int(digits: port).map { (1...65_535).contains($0) } ?? false
    }

    /// Whether it is clear where a user name and password in it end: a slash or an @ in a password that is not
    /// escaped would make a part of it the host.
    package static func hasClearLogin(_ url: String) -> Bool {
        let (authority, rest) = split(url)
        return authority.count { $0 == "@" } <= 1 && !rest.contains("@")
    }

    /// What stands before the first slash, question mark or number sign behind the scheme, and what behind it.
    private static func split(_ url: String) -> (authority: Substring, rest: Substring) {
        let whole = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = whole.prefix { !"/?#".contains($0) }
        return (authority, whole[authority.endIndex...])
    }

    /// The URL without user name and password.
    package static func withoutLogin(_ url: String) -> String {
        guard var parts = URLComponents(string: url), parts.user != nil else { return url }
        parts.user = nil
        parts.password = nil
        return parts.string ?? url
    }

    /// The user name and password in it; nil if there are none.
    package static func login(in url: String, _ origin: SourceURL.Origin) -> Grant? {
        guard let parts = URLComponents(string: url), let user = parts.user else { return nil }
        return Grant(
            Credential(kind: .proxy, origin: origin, user: user, store: .environment),
            Secret(parts.password ?? "")
        )
    }
}
