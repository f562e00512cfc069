import ADMModel
import Foundation

/// The cookies that servers set while one file is fetched (RFC 6265).
///
/// A pure value. Nothing of it is stored or shared with another file. A cookie that was set over https never goes to
/// http, and one for a whole domain is taken only from a host below it, never for a top-level domain.
struct CookieJar: Sendable {
    private struct Cookie: Sendable {
        let name: String
        let value: String
        let host: String
        let isForSubdomains: Bool
        let path: String
        let needsTLS: Bool
        /// Seconds since 1970; nil for as long as the transfer.
        let expiry: Double?

        func fits(_ url: SourceURL, _ now: Double) -> Bool {
            guard expiry.map({ now < $0 }) ?? true else { return false }
            guard !needsTLS || url.origin.scheme == "https" else { return false }
            return CookieJar.isHost(url.origin.host, in: host, orBelow: isForSubdomains)
                && CookieJar.isPath(url.path, below: path)
        }
    }

    private var cookies: [Cookie] = []

    /// How many cookies are kept, and how long the name and value of one may be in bytes (RFC 6265 §6.1).
    private static let most = 64
    private static let longest = 4_096

    /// An empty jar.
    init() {}

    // MARK: - Setting

    /// Takes the `Set-Cookie` fields of an answer; what is not valid, or not for this server, is ignored.
    mutating func take(
        _ fields: [String],
        from url: SourceURL,
        now: Double = Date().timeIntervalSince1970
    ) {
        for field in fields {
            guard let cookie = CookieJar.parse(field, from: url, now) else { continue }
            cookies.removeAll {
                $0.name == cookie.name && $0.host == cookie.host && $0.path == cookie.path
            }
            guard cookie.expiry.map({ now < $0 }) ?? true else { continue }
            cookies.append(cookie)
            if cookies.count > CookieJar.most { cookies.removeFirst() }
        }
    }

    /// Reads one field (RFC 6265 §5.2 and §5.3).
    private static func parse(_ field: String, from url: SourceURL, _ now: Double) -> Cookie? {
        let parts = field.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return nil }
        let name = trimmed(pair[..<equals])
        let value = trimmed(pair[pair.index(after: equals)...])
        let isReadable = (name + value).unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F
        }
        guard !name.isEmpty, name.utf8.count + value.utf8.count <= longest, isReadable else {
            return nil
        }
        var attributes: [String: String] = [:]
        for part in parts.dropFirst() {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // The last of several counts.
            attributes[trimmed(words[0]).lowercased()] = words.count > 1 ? trimmed(words[1]) : ""
        }
        let isSecure = attributes["secure"] != nil
        let isFromTLS = url.origin.scheme == "https"
        guard !isSecure || isFromTLS else { return nil }
        let domain = (attributes["domain"] ?? "").drop { $0 == "." }.lowercased()
        guard
            domain.isEmpty || domain == url.origin.host
                || (domain.contains(".") && isHost(url.origin.host, in: domain, orBelow: true))
        else { return nil }
        let path = attributes["path"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        // RFC 6265bis §4.1.3: what such names promise.
        if name.hasPrefix("__Secure-"), !isSecure { return nil }
        if name.hasPrefix("__Host-"), !isSecure || path != "/" || !domain.isEmpty { return nil }
        return Cookie(
            name: name,
            value: value,
            host: domain.isEmpty ? url.origin.host : domain,
            isForSubdomains: !domain.isEmpty,
            path: path ?? folder(of: url.path),
            needsTLS: isFromTLS,
            expiry: expiry(attributes, now)
        )
    }

    /// When a cookie ends: `Max-Age` counts before `Expires`; nonsense is as if it were not there.
    private static func expiry(_ attributes: [String: String], _ now: Double) -> Double? {
        if let age = attributes["max-age"], !age.isEmpty {
            let digits = age.hasPrefix("-") ? age.dropFirst() : age[...]
            if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                return age.hasPrefix("-") ? now : now + (Double(digits) ?? .infinity)
            }
        }
        return attributes["expires"].flatMap(HTTPDate.init(parsing:))?.seconds
    }

    /// The directory of a path (RFC 6265 §5.1.4).
    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private static func trimmed(_ text: Substring) -> String {
        text.trimmingCharacters(in: .whitespaces)
    }

    private static func isHost(_ host: String, in domain: String, orBelow: Bool) -> Bool {
        if host == domain { return true }
        // An IP address has no subdomains.
        let isAddress =
            host.contains(":") || host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
        return orBelow && !isAddress && host.hasSuffix("." + domain)
    }

    private static func isPath(_ path: String, below folder: String) -> Bool {
        guard path.hasPrefix(folder) else { return false }
        return path.utf8.count == folder.utf8.count || folder.hasSuffix("/")
            || path.dropFirst(folder.count).hasPrefix("/")
    }

    // MARK: - Sending

    /// What goes into the `Cookie` field of a request, those with the longest path first (RFC 6265 §5.4).
    func pairs(
        for url: SourceURL,
        now: Double = Date().timeIntervalSince1970
    ) -> [(name: String, value: String)] {
        guard !cookies.isEmpty else { return [] }
        let fitting = cookies.enumerated().filter { $0.element.fits(url, now) }
        let ordered = fitting.sorted {
            ($1.element.path.utf8.count, $0.offset) < ($0.element.path.utf8.count, $1.offset)
        }
        return ordered.map { ($0.element.name, $0.element.value) }
    }

    /// Adds cookies to the fields of a request: what a server set replaces what the person gave under the same name.
    static func adding(
        _ pairs: [(name: String, value: String)],
        to fields: [HeaderField]
    ) -> [HeaderField] {
        guard !pairs.isEmpty else { return fields }
        let given = fields.filter { $0.canonicalName == "cookie" }
            .flatMap { $0.value.split(separator: ";").map(trimmed) }
            .filter { text in !pairs.contains { text.hasPrefix($0.name + "=") } }
        let all = given + pairs.map { "\($0.name)=\($0.value)" }
        return fields.filter { $0.canonicalName != "cookie" }
            + [HeaderField(own: "Cookie", all.joined(separator: "; "))]
    }
}
