import ADMModel

/// A server's request for Digest authentication (RFC 7616 §3.3).
struct DigestChallenge: Sendable, Hashable {
    /// How texts are digested.
    let algorithm: DigestAlgorithm
    /// Whether the session's key holds the nonces (`-sess`).
    let isSession: Bool
    /// The algorithm as the server wrote it; nil if it wrote none.
    let algorithmName: String?
    let realm: String
    let nonce: String
    let opaque: String?
    /// Whether the quality of protection `auth` is offered; without it the older form is used.
    let hasAuthQuality: Bool
    /// Whether the user name is to be digested.
    let hashesUser: Bool
    /// Whether only the nonce of the last answer was too old.
    let isStale: Bool

    /// The best of the challenges that adm can answer; nil if there is none.
    static func strongest(in fields: [String]) -> DigestChallenge? {
        fields.flatMap(Self.all).max { $0.strength < $1.strength }
    }

    private var strength: Int { algorithm == .sha256 ? 2 : 1 }

    /// The Digest challenges of one `WWW-Authenticate` field; several schemes may stand in one.
    static func all(in field: String) -> [DigestChallenge] {
        challenges(in: field).filter { $0.scheme == "digest" }.compactMap { challenge in
            DigestChallenge(challenge.parameters)
        }
    }

    private init?(_ parameters: [String: String]) {
        guard let realm = parameters["realm"], let nonce = parameters["nonce"] else { return nil }
        let name = parameters["algorithm"]
        switch (name ?? "MD5").uppercased() {
        case "MD5": (algorithm, isSession) = (.md5, false)
        case "MD5-SESS": (algorithm, isSession) = (.md5, true)
        case "SHA-256": (algorithm, isSession) = (.sha256, false)
        case "SHA-256-SESS": (algorithm, isSession) = (.sha256, true)
        default: return nil
        }
        let qualities = parameters["qop"]?.lowercased().split { ", ".contains($0) }
        guard qualities?.contains("auth") ?? true else { return nil }
        self.realm = realm
        self.nonce = nonce
        algorithmName = name
        opaque = parameters["opaque"]
        hasAuthQuality = qualities != nil
        hashesUser = parameters["userhash"]?.lowercased() == "true"
        isStale = parameters["stale"]?.lowercased() == "true"
    }

    // MARK: - Reading the field (RFC 9110 §11.6.1)

    private static func challenges(
        in field: String
    ) -> [(scheme: String, parameters: [String: String])] {
        var result: [(scheme: String, parameters: [String: String])] = []
        for item in items(of: field) {
            let equals = item.firstIndex(of: "=")
            let space = item.firstIndex(of: " ")
            var parameter = item[...]
            if let space, equals.map({ space < $0 }) ?? true {
                result.append((item[..<space].lowercased(), [:]))
                parameter = item[item.index(after: space)...].drop { $0 == " " }
            } else if equals == nil {
                result.append((item.lowercased(), [:]))
                continue
            }
            guard let equals = parameter.firstIndex(of: "="), !result.isEmpty else { continue }
            let name = parameter[..<equals].filter { $0 != " " }.lowercased()
            let value = parameter[parameter.index(after: equals)...].drop { $0 == " " }
            result[result.count - 1].parameters[name] = unquoted(value)
        }
        return result
    }

    /// The parts between commas that stand outside quotes.
    private static func items(of field: String) -> [String] {
        var items: [String] = []
        var item = ""
        var isQuoted = false
        var isEscaped = false
        for letter in field {
            if letter == ",", !isQuoted {
                items.append(item)
                item = ""
                continue
            }
            if letter == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = letter == "\\" && isQuoted && !isEscaped
            item.append(letter)
        }
        return (items + [item]).map { text in
            String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.hasPrefix("\""), value.count > 1 else { return String(value) }
        var text = ""
        var isEscaped = false
        for letter in value.dropFirst() {
            if isEscaped {
                text.append(letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else if letter == "\"" {
                break
            } else {
                text.append(letter)
            }
        }
        return text
    }
}
