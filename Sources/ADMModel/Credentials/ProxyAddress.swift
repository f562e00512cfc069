import Foundation

/// A proxy's URL, taken apart.
package enum ProxyAddress {
    /// Scheme, host and port.
    package static func origin(of url: String) -> SourceURL.Origin? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty
        else { return nil }
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return SourceURL.Origin(
            scheme: scheme,
            host: name.lowercased(),
            port: parts.port ?? (scheme.hasPrefix("socks") ? 1080 : 8080)
        )
    }

    /// The URL without user name and password.
    package static func withoutLogin(_ url: String) -> String {
        guard var parts = URLComponents(string: url), parts.user != nil else { return url }
        parts.user = nil
        parts.password = nil
        return parts.string ?? url
    }

    /// The user name and password in it; nil where there are none.
    package static func login(in url: String, _ origin: SourceURL.Origin) -> Grant? {
        guard let parts = URLComponents(string: url), let user = parts.user else { return nil }
        return Grant(
            Credential(kind: .proxy, origin: origin, user: user, store: .environment),
            Secret(parts.password ?? "")
        )
    }
}
