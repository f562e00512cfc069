import ADMModel

/// How a request reaches its server: whom to connect to, through which proxy, and with whom TLS is spoken.
///
/// Pure.
struct Route: Sendable, Hashable {
    /// The server of the URL.
    let origin: SourceURL.Origin
    /// The proxy on the way; nil for none.
    let proxy: ProxyEndpoint?

    /// Whether the server speaks TLS.
    var isSecure: Bool { origin.scheme == "https" }

    /// The host and port of the TCP connection.
    var peer: (host: String, port: Int) {
        proxy.map { ($0.host, $0.port) } ?? (origin.host, origin.port)
    }

    /// Whether requests name the whole URL, because the proxy forwards them (RFC 9112 §3.2.2).
    var isForwarded: Bool { proxy?.kind == .http && !isSecure }

    /// Host and port as `Host`, `:authority` and CONNECT write them; `always` adds a default port too.
    func authority(always: Bool = false) -> String {
        let name = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        let isDefault = origin.port == (isSecure ? 443 : 80)
        return isDefault && !always ? name : "\(name):\(origin.port)"
    }
}

/// A proxy, with what proves to it who is asking.
struct ProxyEndpoint: Sendable, Hashable {
    /// What it speaks.
    enum Kind: Sendable, Hashable {
        /// HTTP: `CONNECT` for https URLs, forwarding for http URLs.
        case http
        /// SOCKS 5, which is told host names (RFC 1928).
        case socks
    }

    /// What it speaks.
    let kind: Kind
    /// Its host, without brackets.
    let host: String
    /// Its port.
    let port: Int
    /// The value of `Proxy-Authorization`; nil for none.
    let authorization: String?
    /// User name and password for SOCKS (RFC 1929); nil for none.
    let login: Login?

    /// A user name and a password, as bytes.
    struct Login: Sendable, Hashable {
        let user: [UInt8]
        let password: [UInt8]
    }

    /// Reads a proxy's URL.
    ///
    /// - Throws: ``Failure`` with `configuration` if it is not a URL of a proxy that adm can use, or the
    ///   login does not fit into what SOCKS can carry.
    init(_ url: String, login grant: Grant?) throws(Failure) {
        guard let origin = ProxyAddress.origin(of: url), (1...65_535).contains(origin.port),
            ProxyAddress.withoutLogin(url) == url,
            ["http", "socks5", "socks5h"].contains(origin.scheme)
        else {
            throw Failure(
                .configuration,
                "the proxy is not a URL that adm can use",
                hint: "write http://host:port or socks5://host:port; adm auth login --type proxy"
                    + " stores its user name and password"
            )
        }
        host = origin.host
        port = origin.port
        guard origin.scheme != "http" else {
            kind = .http
            authorization = grant.map { "Basic \($0.basicToken)" }
            login = nil
            return
        }
        kind = .socks
        authorization = nil
        login = grant.map {
            Login(user: Array(($0.credential.user ?? "").utf8), password: Array($0.secret.bytes))
        }
        if let login,
            !(1...255).contains(login.user.count) || !(1...255).contains(login.password.count)
        {
            throw Failure(
                .configuration,
                "the login for the SOCKS proxy \(host) cannot be sent",
                hint: "user name and password have 1 to 255 bytes each (RFC 1929)"
            )
        }
    }
}
