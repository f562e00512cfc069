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
        /// The port, the scheme's default if none was written.
        public let port: Int
        /// The origin as it is written in a URL.
        public var description: String {
            let name = host.utf8.contains(0x3A) ? "[\(host)]" : host
            return port == Origin.defaultPort(scheme)
                ? "\(scheme)://\(name)" : "\(scheme)://\(name):\(port)"
        }

        /// Creates an origin; `host` without brackets.
        public init(scheme: String, host: String, port: Int) {
            self.scheme = scheme
            self.host = host
            self.port = port
        }

        static func defaultPort(_ scheme: String) -> Int { scheme == "https" ? 443 : 80 }
    }

    /// The longest URL in bytes, percent-encoded as it is sent and stored.
    public static let longest = 65_536

    /// Reads a URL that a person or a server wrote.
    ///
    /// Whatever is taken here is taken again when ``string`` is read back.
    ///
    /// - Throws: ``Failure`` with `usage` for text that is not a URL, `refused` for another scheme or
    ///   for a URL with a user name.
    public init(_ text: String) throws(Failure) {
        guard text.utf8.count <= SourceURL.longest else { throw SourceURL.tooLong(text) }
        let parts: URLText
        do throws(URLText.Fault) { parts = try URLText(text) } catch {
            throw SourceURL.failure(error, SourceURL.redact(text))
        }
        origin = Origin(
            scheme: parts.scheme,
            host: parts.host,
            port: parts.port ?? Origin.defaultPort(parts.scheme)
        )
        path = URLText.removingDotSegments(parts.path)
        string = origin.description + path + (parts.query.map { "?\($0)" } ?? "")
        guard string.utf8.count <= SourceURL.longest else { throw SourceURL.tooLong(text) }
    }

    private static func tooLong(_ text: String) -> Failure {
        Failure(
            .usage,
            "the URL that begins with \(redact(String(text.prefix(80))).debugDescription) is longer"
                + " than \(longest) bytes when it is encoded"
        )
    }

    private static func failure(_ fault: URLText.Fault, _ shown: String) -> Failure {
        let quoted = shown.debugDescription
        return switch fault {
        case .noURL:
            Failure(
                .usage,
                "\(quoted) is not a URL",
                hint: "write it with its scheme, for example https://example.org/file.iso"
            )
        case .noScheme:
            Failure(.usage, "\(quoted) has no scheme", hint: "did you mean https://\(shown)?")
        case .otherScheme(let scheme):
            Failure(
                .refused,
                "\(scheme) URLs are not supported: \(shown)",
                hint: "adm fetches http and https URLs"
            )
        case .noHost: Failure(.usage, "\(quoted) has no host")
        case .badHost:
            Failure(
                .usage,
                "\(quoted) has a host that is neither a name nor an address",
                hint: "an IPv6 address stands in brackets: http://[2001:db8::7]/"
            )
        case .badPort: Failure(.usage, "\(quoted) has a port that is not one of 1 to 65535")
        case .userInfo:
            Failure(
                .refused,
                "the URL holds a user name or password: \(shown)",
                hint: "leave it out of the URL: adm auth login keeps it for the server"
            )
        }
    }

    /// The URL that a `Location` or `Link` field points to, seen from this one (RFC 3986 §5).
    ///
    /// - Throws: ``Failure`` with `remoteProtocol` if it is not a URL, has another scheme, or holds a user name: the
    ///   server is at fault, not the caller.
    public func resolving(location: String) throws(Failure) -> SourceURL {
        let target = URLText.absolute(location, from: self)
        do throws(Failure) { return try SourceURL(target) } catch {
            let what =
                error.code == .usage ? "something that is not a URL" : "what adm does not fetch"
            throw Failure(.remoteProtocol, "\(redacted) points to \(what)", cause: error.message)
        }
    }

    /// The URL without its query, which may hold secrets: for messages, events and logs.
    public var redacted: String { SourceURL.redact(string) }

    /// The URL with `***` in the place of the values of its query: for a person who asked for this very job
    /// or a list of jobs.
    public var masked: String { URLMask.maskParameters(string) }

    /// The last path segment, still percent-encoded; empty if the path ends with a slash.
    public var lastSegment: String {
        // It is ASCII, so that a slash is a byte.
        guard let slash = path.utf8.lastIndex(of: 0x2F) else { return path }
        return String(path[path.utf8.index(after: slash)...])
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
