import ADMModel
import Foundation

/// How a secret lies in a store: JSON with what must not be an attribute.
///
/// Attributes of a keyring are readable even while it is locked, so path and header name are in here.
struct SecretRecord: Codable {
    private var v = 1
    private var secret: String?
    private var base64: String?
    private var scope: String
    private var header: String?
    private var expiresAt: Date?

    private enum CodingKeys: String, CodingKey {
        case v, secret, base64, scope, header
        case expiresAt = "expires_at"
    }

    /// The bytes to store for a credential.
    static func encode(_ secret: Secret, for credential: Credential) throws -> [UInt8] {
        let text = secret.text
        let record = SecretRecord(
            secret: text,
            base64: text == nil ? Data(secret.bytes).base64EncodedString() : nil,
            scope: credential.scope,
            header: credential.fieldName,
            expiresAt: credential.expiresAt
        )
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(record))
    }

    /// The secret in bytes that were stored; nil if they are damaged or for another scope.
    static func decode(_ bytes: [UInt8], for credential: Credential) -> Secret? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let record = try? decoder.decode(SecretRecord.self, from: Data(bytes)),
            record.v == 1, record.scope == credential.scope,
            record.header == credential.fieldName
        else { return nil }
        if let text = record.secret { return Secret(text) }
        return record.base64.flatMap { Data(base64Encoded: $0) }.map { Secret(Array($0)) }
    }

    /// The failure for bytes that ``decode(_:for:)`` does not take.
    static func damaged(_ credential: Credential) -> Failure {
        Failure(
            .credentialStore,
            "what the store \(credential.store.rawValue) has for \(credential.summary) is damaged"
                + " or was stored for something else",
            hint: "adm auth login \(credential.origin) stores it again"
        )
    }
}
