import Foundation

extension Failure {
    /// A credential that is not sent because its time is over.
    package static func expired(_ credential: Credential) -> Failure {
        let moment = credential.expiresAt?.shown ?? ""
        return Failure(
            .authentication,
            "the credential \(credential.summary) expired at \(moment) and is not sent",
            hint: "adm auth login \(credential.origin) stores a new one"
        )
    }

    /// A store that is open and does not have the secret of a credential.
    package static func missingSecret(_ credential: Credential) -> Failure {
        Failure(
            .credentialStore,
            "the store \(credential.store.rawValue) does not have the secret of \(credential.summary)",
            hint: "adm auth login \(credential.origin) stores it again"
        )
    }

    /// A credential that was refused again and again and is not tried any more, so that a server does
    /// not lock the account.
    package static func refusedBefore(_ credential: Credential) -> Failure {
        Failure(
            .authentication,
            "\(credential.origin) has refused the credential \(credential.summary) several times;"
                + " it is not sent again",
            hint: "adm auth login \(credential.origin) stores another one"
        )
    }
}
