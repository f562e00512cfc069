import ADMDisk
import ADMModel

/// Answers a Digest challenge, again and again with a count that grows (RFC 7616 §3.4).
struct DigestAnswer: Sendable {
    private let challenge: DigestChallenge
    private let clientNonce: String
    private var count: UInt32 = 0

    init(_ challenge: DigestChallenge, clientNonce: String? = nil) {
        self.challenge = challenge
        let noise = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
        self.clientNonce =
            clientNonce ?? String(noise.0, radix: 16) + String(noise.1, radix: 16)
    }

    /// The value of `Authorization` for a GET.
    mutating func value(for url: SourceURL, user grant: Grant) -> String {
        count += 1
        let user = grant.credential.user ?? ""
        let target = url.string.dropFirst(url.origin.description.count)
        let digits = String(count, radix: 16)
        let counted = String(repeating: "0", count: 8 - digits.count) + digits
        var key = digest(Array("\(user):\(challenge.realm):".utf8) + grant.secret.bytes)
        if challenge.isSession { key = digest("\(key):\(challenge.nonce):\(clientNonce)") }
        let request = digest("GET:\(target)")
        let response =
            challenge.hasAuthQuality
            ? digest("\(key):\(challenge.nonce):\(counted):\(clientNonce):auth:\(request)")
            : digest("\(key):\(challenge.nonce):\(request)")
        let name = challenge.hashesUser ? digest("\(user):\(challenge.realm)") : user
        var parts = [
            "username=\(quoted(name))", "realm=\(quoted(challenge.realm))",
            "nonce=\(quoted(challenge.nonce))", "uri=\(quoted(String(target)))",
            "response=\"\(response)\"",
        ]
        if let algorithm = challenge.algorithmName { parts.append("algorithm=\(algorithm)") }
        if let opaque = challenge.opaque { parts.append("opaque=\(quoted(opaque))") }
        if challenge.hasAuthQuality {
            parts += ["qop=auth", "nc=\(counted)", "cnonce=\"\(clientNonce)\""]
        }
        if challenge.hashesUser { parts.append("userhash=true") }
        return "Digest " + parts.joined(separator: ", ")
    }

    private func digest(_ text: String) -> String { digest(Array(text.utf8)) }

    private func digest(_ bytes: [UInt8]) -> String {
        var digest = StreamingDigest(challenge.algorithm)
        unsafe digest.update(bytes.span.bytes)
        return digest.finish()
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
