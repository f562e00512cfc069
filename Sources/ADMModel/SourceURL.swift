import Foundation

/// An absolute `http` or `https` URL that was parsed once and is used as parsed (RFC 3986).
///
/// Fragment, default port and dot segments are removed, scheme and host are lower-cased; the query
/// stays as it was written. A URL with a user name or password is refused, because it would end up
/// in shell history, logs and the database.
public struct SourceURL: Hashable, Sendable {
    /// The normalised URL as sent to the server.
    ///
    /// It may hold a signature: print ``redacted``.
    public let string: String
    /// Scheme, host and port.
    public let origin: Origin
    /// The path, still percent-encoded, never empty.
    public let path: String

    /// Scheme, host and port: what a credential belongs to (RFC 6454).
    public struct Origin: Hashable, Sendable, Codable, CustomStringConvertible {
        /// `http` or `https`.
        public let scheme: String
        /// The host name in lower case, or an IP address without brackets.
        public let host: String
        /// The port, the scheme's default where none was written.
        public let port: Int
        /// The origin as it is written in a URL.
        public var description: String {
            let name = host.contains(":") ? "[\(host)]" : host
            return port == Origin.defaultPort(scheme)
                ? "\(scheme)://\(name)" : "\(scheme)://\(name):\(port)"
        }

        /// Describes an origin; `host` without brackets.
        public init(scheme: String, host: String, port: Int) {
            self.scheme = scheme
            self.host = host
            self.port = port
        }

        static func defaultPort(_ scheme: String) -> Int { scheme == "https" ? 443 : 80 }
    }

    /// Reads a URL that a person or a server wrote.
    ///
    /// - Throws: ``Failure`` with `usage` for text that is no URL, `refused` for another scheme or
    ///   for a URL with a user name.
    public init(_ text: String) throws(Failure) {
        // For messages only.
        var shown: String { SourceURL.redact(text) }
        guard !text.isEmpty, text.utf8.count <= 65_536,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }),
            let components = URLComponents(
                string: text,
                encodingInvalidCharacters: !text.utf8.allSatisfy { $0 < 0x80 }
            )
        else {
            throw Failure(
                .usage,
                "\(shown.debugDescription) is not a URL",
                hint: "write it with its scheme, for example https://example.org/file.iso"
            )
        }
        guard let scheme = components.scheme?.lowercased() else {
            throw Failure(
                .usage,
                "\(shown.debugDescription) has no scheme",
                hint: "did you mean https://\(shown)?"
            )
        }
        guard scheme == "http" || scheme == "https" else {
            throw Failure(
                .refused,
                "adm cannot fetch \(scheme): URLs: \(shown)",
                hint: "only http and https are supported"
            )
        }
        guard var host = components.encodedHost?.lowercased(), !host.isEmpty else {
            throw Failure(.usage, "\(shown.debugDescription) has no host")
        }
        guard components.percentEncodedUser == nil, components.percentEncodedPassword == nil else {
            throw Failure(
                .refused,
                "the URL holds a user name or password: \(shown)",
                hint: "leave it out of the URL: adm auth login keeps it for the server"
            )
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if let port = components.port, !(1...65_535).contains(port) {
            throw Failure(.usage, "\(shown.debugDescription) has a port outside 1–65535")
        }
        guard !host.utf8.contains(0x25) else {
            throw Failure(.usage, "\(shown.debugDescription) has a host that is no host name")
        }
        origin = Origin(
            scheme: scheme,
            host: host,
            port: components.port ?? Origin.defaultPort(scheme)
        )
        path = SourceURL.removingDotSegments(components.percentEncodedPath)
        let query = components.percentEncodedQuery.map { "?\($0)" } ?? ""
        string = origin.description + path + query
    }

    /// The URL that a `Location` header points to, seen from this one (RFC 3986 §5).
    ///
    /// - Throws: ``Failure`` with `remoteProtocol` where it is no URL, `refused` for another scheme.
    public func resolving(location: String) throws(Failure) -> SourceURL {
        guard let base = URL(string: string), let target = URL(string: location, relativeTo: base)
        else {
            throw Failure(.remoteProtocol, "\(redacted) redirects to something that is no URL")
        }
        return try SourceURL(target.absoluteString)
    }

    /// The URL without its query, which may hold secrets: for messages, events and logs.
    public var redacted: String { SourceURL.redact(string) }

    /// The URL with `***` in the place of the values of its query: for somebody who asked for this very job
    /// or a list of jobs.
    public var masked: String { URLMask.maskParameters(string) }

    /// The last path segment, still percent-encoded; empty where the path ends with a slash.
    public var lastSegment: String {
        path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    }

    private static func removingDotSegments(_ path: String) -> String {
        guard !path.isEmpty else { return "/" }
        // Most paths have no segment that begins with a dot.
        var isAfterSlash = false
        let hasDotSegment = path.utf8.contains { byte in
            defer { isAfterSlash = byte == 0x2F }
            return isAfterSlash && byte == 0x2E
        }
        guard hasDotSegment else { return path }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// A URL, or what was meant as one, without user name, password, query and fragment.
    package static func redact(_ text: String) -> String { URLMask.maskURL(text) }
}

extension SourceURL: Codable, CustomStringConvertible {
    /// The redacted form, so that printing a URL by accident shows no signature.
    public var description: String { redacted }

    /// Reads the URL from a string.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the URL as a string, unredacted.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
