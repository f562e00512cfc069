import Foundation
import Glibc

/// The parts of an `http` or `https` URL as text, taken apart and checked (RFC 3986 §3).
///
/// What is put together again of these parts is taken apart in the same way: that is what lets a URL be
/// stored and read back. Host and port are judged here and nowhere else.
struct URLText {
    /// The scheme in lower case.
    let scheme: String
    /// The host in lower case, an IPv6 address without its brackets.
    let host: String
    /// The port that is written, from 1 to 65535; nil where none is.
    let port: Int?
    /// The path, percent-encoded, empty or with a leading slash.
    let path: String
    /// The query, percent-encoded; nil where there is none.
    let query: String?

    /// Why a text is not such a URL.
    enum Fault: Error {
        /// It is not a URL at all.
        case noURL
        /// It has no scheme.
        case noScheme
        /// It has a scheme that adm does not speak.
        case otherScheme(String)
        /// It has no host.
        case noHost
        /// Its host cannot be one.
        case badHost
        /// Its port is not one of 1 to 65535.
        case badPort
        /// It holds a user name or a password.
        case userInfo
    }

    /// Takes a text apart.
    init(_ text: String) throws(Fault) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }) else {
            throw .noURL
        }
        guard let word = URLText.scheme(of: text) else { throw .noScheme }
        scheme = word.lowercased()
        guard scheme == "http" || scheme == "https" else { throw .otherScheme(scheme) }
        var rest = text.utf8.dropFirst(word.utf8.count + 1)
        guard rest.starts(with: "//".utf8) else { throw .noHost }
        rest = rest.dropFirst(2)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        guard !authority.contains(0x40) else { throw .userInfo }
        (host, port) = try URLText.hostAndPort(String(Substring(authority)))
        rest = rest.dropFirst(authority.count).prefix { $0 != 0x23 }
        let path = rest.prefix { $0 != 0x3F }
        self.path = URLText.encoded(path)
        query =
            path.endIndex < rest.endIndex
            ? URLText.encoded(rest[path.endIndex...].dropFirst()) : nil
    }

    /// The scheme that a text begins with; nil for a relative reference.
    static func scheme(of text: String) -> Substring? {
        let word = text.prefix { $0 != ":" }
        guard word.endIndex < text.endIndex, let first = word.utf8.first, isLetter(first),
            word.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { return nil }
        return word
    }

    // MARK: - Host and port

    private static func hostAndPort(_ authority: String) throws(Fault) -> (String, Int?) {
        let host: String
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .noURL }
            host = authority[..<close].dropFirst().lowercased()
            rest = authority[authority.index(after: close)...]
            var address = in6_addr()
            guard unsafe inet_pton(AF_INET6, host, &address) == 1 else { throw .badHost }
        } else {
            let name = authority.prefix { $0 != ":" }
            rest = authority[name.endIndex...]
            guard !name.isEmpty else { throw .noHost }
            host = try hostName(String(name))
        }
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.removeFirst() == ":" else { throw .badHost }
        // RFC 3986 §3.2.3: an empty port is that of the scheme.
        guard !rest.isEmpty else { return (host, nil) }
        guard let port = Int(digits: rest), (1...65_535).contains(port) else { throw .badPort }
        return (host, port)
    }

    /// The name of a host, as DNS writes it: labels that are not empty, 253 bytes at most (RFC 1035 §2.3.4).
    private static func hostName(_ text: String) throws(Fault) -> String {
        var name = text.lowercased()
        if !name.utf8.allSatisfy({ $0 < 0x80 }) {
            guard let encoded = URLComponents(string: "http://\(text)/")?.encodedHost else {
                throw .badHost
            }
            name = encoded.lowercased()
        }
        let labels = name.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        // A dot at the end says that the name is complete.
        let named = labels.last?.isEmpty == true ? labels.dropLast() : labels[...]
        let isName = name.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || "-._~!$&'()*+,;=".utf8.contains($0)
        }
        guard isName, name.utf8.count <= 253, !named.isEmpty, named.allSatisfy({ !$0.isEmpty })
        else { throw .badHost }
        return name
    }

    // MARK: - Characters

    /// The text with everything percent-encoded that a path or query cannot hold; what is encoded stays
    /// as it is.
    private static func encoded(_ bytes: Substring.UTF8View) -> String {
        guard !bytes.allSatisfy({ isPlain($0) }) else { return String(Substring(bytes)) }
        let bytes = Array(bytes)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                byte == 0x25 && index + 2 < bytes.count && isHex(bytes[index + 1])
                && isHex(bytes[index + 2])
            if isPlain(byte) || isEscape {
                result.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a byte stands for itself in a path and in a query; the percent sign does not.
    private static func isPlain(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._~!$&'()*+,;=:@/?".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
