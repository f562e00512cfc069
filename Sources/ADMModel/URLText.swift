/// The parts of an `http` or `https` URL as text, taken apart and checked as browsers do (WHATWG URL).
///
/// What is put together again of these parts is taken apart in the same way: that is what lets a URL be
/// stored and read back. Host and port are judged here and nowhere else.
struct URLText {
    /// The scheme in lower case.
    let scheme: String
    /// The host in lower case, an IPv6 address without its brackets.
    let host: String
    /// The port that is written, from 1 to 65535; nil if none is.
    let port: Int?
    /// The path, percent-encoded, empty or with a leading slash.
    let path: String
    /// The query, percent-encoded; nil if there is none.
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
        let text = URLText.cleaned(text)
        guard !text.isEmpty else { throw .noURL }
        guard let word = URLText.scheme(of: text) else { throw .noScheme }
        scheme = word.lowercased()
        guard scheme == "http" || scheme == "https" else { throw .otherScheme(scheme) }
        // Browsers take any number of slashes here.
        let rest = text.utf8.dropFirst(word.utf8.count + 1).drop { $0 == 0x2F }
        let authority = rest.prefix { $0 != 0x2F && $0 != 0x3F }
        let sign = authority.lastIndex(of: 0x40)
        // Nothing before the sign, or a colon alone, is not a user.
        guard sign.map({ authority[..<$0].allSatisfy { $0 == 0x3A } }) ?? true else {
            throw .userInfo
        }
        let place = sign.map { authority[$0...].dropFirst() } ?? authority[...]
        (host, port) = try URLText.hostAndPort(String(Substring(place)))
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != 0x3F }
        self.path = URLText.encoded(path, isPlain: URLText.isPlainInPath)
        query =
            path.endIndex < target.endIndex
            ? URLText.encoded(
                target[path.endIndex...].dropFirst(),
                isPlain: URLText.isPlainInQuery
            ) : nil
    }

    /// The text without what browsers leave out: blanks and controls around it, tabs and line ends inside, and
    /// the fragment; a backslash before the query is a slash.
    static func cleaned(_ text: String) -> String {
        let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x5C && $0 != 0x23 }
        guard !isClean else { return text }
        let bytes = text.utf8.drop { $0 <= 0x20 }.filter { ![0x09, 0x0A, 0x0D].contains($0) }
        let end = bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
        var result = Array(bytes[..<end].prefix { $0 != 0x23 })
        let path = result.firstIndex(of: 0x3F) ?? result.count
        for index in 0..<path where result[index] == 0x5C { result[index] = 0x2F }
        return String(decoding: result, as: UTF8.self)
    }

    /// The scheme that a text begins with; nil for a relative reference.
    static func scheme(of text: String) -> Substring? {
        let word = text.prefix { $0 != ":" }
        guard word.endIndex < text.endIndex, let first = word.utf8.first, isLetter(first),
            word.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { return nil }
        return word
    }

    /// The absolute URL that a reference means, seen from another URL.
    static func absolute(_ reference: String, from base: SourceURL) -> String {
        var rest = cleaned(reference)
        if let word = scheme(of: rest) {
            // `http:name` is relative to an http URL.
            let behind = rest.dropFirst(word.count + 1)
            guard word.lowercased() == base.origin.scheme, !behind.hasPrefix("//") else {
                return rest
            }
            rest = String(behind)
        }
        if rest.isEmpty { return base.string }
        if rest.hasPrefix("//") { return "\(base.origin.scheme):\(rest)" }
        if rest.hasPrefix("/") { return base.origin.description + rest }
        if rest.hasPrefix("?") { return base.origin.description + base.path + rest }
        let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? "/"
        return base.origin.description + folder + rest
    }

    /// A path without its `.` and `..` segments, which may be percent-encoded; never empty.
    static func removingDotSegments(_ path: String) -> String {
        guard !path.isEmpty else { return "/" }
        // Most paths have no segment that begins with a dot.
        var isAfterSlash = false
        let hasDotSegment = path.utf8.contains { byte in
            defer { isAfterSlash = byte == 0x2F }
            return isAfterSlash && (byte == 0x2E || byte == 0x25)
        }
        guard hasDotSegment else { return path }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment.lowercased().replacing("%2e", with: ".") {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    private static func hostAndPort(_ authority: String) throws(Fault) -> (String, Int?) {
        let host: String
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .noURL }
            host = try URLHost.address(String(authority[..<close].dropFirst()))
            rest = authority[authority.index(after: close)...]
        } else {
            let name = authority.prefix { $0 != ":" }
            rest = authority[name.endIndex...]
            guard !name.isEmpty else { throw .noHost }
            host = try URLHost.name(String(name))
        }
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.removeFirst() == ":" else { throw .badHost }
        // RFC 3986 §3.2.3: an empty port is that of the scheme.
        guard !rest.isEmpty else { return (host, nil) }
        guard let port = Int(digits: rest), (1...65_535).contains(port) else { throw .badPort }
        return (host, port)
    }

    // MARK: - Characters

    /// The text with everything percent-encoded that cannot stand there; what is encoded stays as it is, and a
    /// percent sign that encodes nothing too.
    private static func encoded(
        _ bytes: Substring.UTF8View,
        isPlain: (UInt8) -> Bool
    ) -> String {
        guard !bytes.allSatisfy(isPlain) else { return String(Substring(bytes)) }
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            if isPlain(byte) {
                result.append(byte)
            } else {
                result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a byte stands for itself in a path: all that is printed but blanks and `"<>^` and the like.
    private static func isPlainInPath(_ byte: UInt8) -> Bool {
        isPlainInQuery(byte) && ![0x5E, 0x60, 0x7B, 0x7D].contains(byte)
    }

    /// Whether a byte stands for itself in a query.
    private static func isPlainInQuery(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && ![0x22, 0x23, 0x3C, 0x3E].contains(byte)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
