import ADMModel
import Foundation

/// A credential as JSON; never its secret.
struct CredentialRow: Encodable {
    let id: String
    let type: String
    let origin: String
    let scope: String
    let user: String?
    let headerName: String?
    let store: String
    let createdAt: Date
    let expiresAt: Date?
    let usedAt: Date?
    let usable: Bool?
    let problem: String?

    init(_ credential: Credential) { self.init(credential, nil, isChecked: false) }

    /// With whether its secret can be had.
    init(_ credential: Credential, _ failure: Failure?) {
        self.init(credential, failure, isChecked: true)
    }

    private init(_ credential: Credential, _ failure: Failure?, isChecked: Bool) {
        id = credential.identifier
        type = credential.kind.rawValue
        origin = credential.origin.description
        scope = credential.scope
        user = credential.user
        headerName = credential.fieldName
        store = credential.store.rawValue
        createdAt = credential.createdAt
        expiresAt = credential.expiresAt
        usedAt = credential.usedAt
        usable = isChecked ? failure == nil : nil
        problem = failure?.message
    }
}
