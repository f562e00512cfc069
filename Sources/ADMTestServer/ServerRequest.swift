import NIOHTTP1

/// A request as the decisions about its answer see it.
struct ServerRequest {
    let method: String
    let target: String
    let path: String
    let query: [String: String]
    let headers: [HeaderLine]
    let wantsKeepAlive: Bool
    /// Scheme and authority that reach this server, as the client wrote them.
    let origin: String
    /// Scheme and port of this server, to write another host name between.
    let scheme: String
    let port: Int

    init(_ head: HTTPRequestHead, scheme: String, port: Int) {
        method = head.method.rawValue
        target = head.uri
        headers = head.headers.map { HeaderLine($0.name, $0.value) }
        wantsKeepAlive = head.isKeepAlive
        let authority = head.headers.first(name: "host") ?? "127.0.0.1:\(port)"
        origin = "\(scheme)://\(authority)"
        self.scheme = scheme
        self.port = port

        let local = ServerRequest.originForm(head.uri)
        let halves = local.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(halves.first ?? "/")
        var query: [String: String] = [:]
        for item in halves.dropFirst().joined().split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
        }
        self.query = query
    }

    /// The value of the first header with this name, in any case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.text
    }

    /// Clients of a proxy send whole URLs (RFC 9112 §3.2.2): the server answers those as its own.
    private static func originForm(_ target: String) -> Substring {
        guard !target.hasPrefix("/"), let scheme = target.firstRange(of: "://") else {
            return target[...]
        }
        let rest = target[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return "/" }
        return rest[slash...]
    }
}
