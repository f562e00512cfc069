import ADMDisk
import ADMModel
import Foundation

/// An access token as it is kept: with the hash of its secret in the place of the secret.
struct KeptToken: Sendable, Hashable {
    /// What is known of it; the name of its workspace is not.
    let token: AccessToken
    /// The SHA-256 of its secret, 64 lower-case hexadecimal digits.
    let hash: String

    /// Takes a token and its secret, of which the hash stays.
    init(_ token: AccessToken, secret: Secret) {
        self.token = token
        hash = KeptToken.hash(of: secret)
    }

    /// Takes an entry of the file; nil if something in it cannot be.
    init?(_ entry: Entry) {
        guard TokenText.isID(entry.id), let scope = TokenScope(rawValue: entry.scope),
            entry.sha256.utf8.count == 64,
            entry.sha256.utf8.allSatisfy({ HexText.value($0) != nil }),
            entry.sha256 == entry.sha256.lowercased(),
            let createdAt = KeptToken.moment(entry.createdAt)
        else { return nil }
        let workspace = entry.workspace.flatMap(UUID.init(uuidString:))
        let expiresAt = entry.expiresAt.flatMap(KeptToken.moment)
        // What cannot be read must not become a token for all workspaces, or one without an end.
        guard (workspace == nil) == (entry.workspace == nil),
            (expiresAt == nil) == (entry.expiresAt == nil)
        else { return nil }
        token = AccessToken(
            id: entry.id,
            scope: scope,
            workspace: workspace,
            createdAt: createdAt,
            expiresAt: expiresAt
        )
        hash = entry.sha256
    }

    /// The SHA-256 of a secret in lower-case hexadecimal.
    static func hash(of secret: Secret) -> String {
        StreamingDigest.digest(of: secret.bytes, .sha256)
    }

    // MARK: - In the file

    /// What the file says of a token.
    struct Entry: Decodable {
        let id: String
        let sha256: String
        let scope: String
        let workspace: String?
        let createdAt: String
        let expiresAt: String?
    }

    /// What is written to the file.
    var json: JSONValue {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        return .object([
            ("id", text(token.id)),
            ("sha256", text(hash)),
            ("scope", text(token.scope.rawValue)),
            ("workspace", text(token.workspace?.uuidString.lowercased())),
            ("created_at", text(DateText.text(token.createdAt))),
            ("expires_at", text(token.expiresAt.map(DateText.text))),
        ])
    }

    /// A moment as it comes back from the file: in milliseconds.
    static func stored(_ date: Date) -> Date { moment(DateText.text(date)) ?? date }

    /// The moment that a text of the file names; nil unless it is written as ``DateText`` writes it, because a time
    /// seen from now would be another one with every look.
    private static func moment(_ text: String) -> Date? {
        guard let date = try? TimeParser.parse(text, option: ""), DateText.text(date) == text else {
            return nil
        }
        return date
    }
}
