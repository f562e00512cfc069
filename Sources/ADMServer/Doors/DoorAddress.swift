package import ADMModel

/// Where the daemon can be reached.
package enum DoorAddress: Sendable, Hashable, CustomStringConvertible {
    /// A Unix socket at an absolute path.
    case socket(path: String)
    /// A TCP port of this machine; port 0 lets the system choose one.
    case network(host: String, port: Int)

    /// Reads `unix:PATH` or `HOST:PORT`; an IPv6 address stands in brackets.
    ///
    /// - Throws: ``Failure`` with `usage` if it is neither.
    package init(parsing text: String) throws(Failure) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            // The kernel keeps 108 bytes for it, a zero among them (unix(7)).
            guard path.hasPrefix("/"), path.utf8.count <= 107, !path.utf8.contains(0) else {
                throw DoorAddress.refusal(
                    text,
                    hint: "write unix: and an absolute path of at most 107 bytes"
                )
            }
            self = .socket(path: path)
            return
        }
        let hint = "write HOST:PORT, such as 127.0.0.1:6380 or [::1]:6380, or unix:PATH"
        guard let colon = text.lastIndex(of: ":"),
            let number = Int64(digits: String(text[text.index(after: colon)...])),
            (0...65535).contains(number)
        else { throw DoorAddress.refusal(text, hint: hint) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw DoorAddress.refusal(text, hint: hint)
        }
        let known = "abcdefghijklmnopqrstuvwxyz0123456789.-:%"
        guard !host.isEmpty, host.lowercased().allSatisfy(known.contains) else {
            throw DoorAddress.refusal(text, hint: hint)
        }
        self = .network(host: host, port: Int(number))
    }

    private static func refusal(_ text: String, hint: String) -> Failure {
        Failure(.usage, "\(text.debugDescription) is not an address to listen on", hint: hint)
    }

    /// The address as it is written.
    package var description: String {
        switch self {
        case .socket(let path): "unix:\(path)"
        case .network(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Whether nobody but programs of this machine reaches it.
    package var isLocal: Bool {
        switch self {
        case .socket: true
        case .network(let host, _):
            host == "localhost" || host == "::1" || DoorAddress.isLoopback(host)
        }
    }

    /// Whether it is an address of 127.0.0.0/8.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy {
                Int64(digits: String($0)).map { (0...255).contains($0) } ?? false
            }
    }
}
