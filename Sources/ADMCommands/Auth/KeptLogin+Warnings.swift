import ADMEngine
import ADMModel

extension KeptLogin {
    /// What a person should know of it who wrote a password into a URL, and what can be done.
    func warnings(_ login: Login) -> [(text: String, hint: String)] {
        let origin = login.credential.origin
        switch self {
        case .lent(let reason):
            return [
                (
                    "the password in the URL for \(origin) is used in this run and not kept: \(reason)",
                    "to keep it in an encrypted file: adm profile set credential-store file, then"
                        + " adm auth login \(origin) --user \(login.credential.user ?? "NAME")"
                )
            ]
        case .saved(let outcome):
            let saved = outcome.credential
            var warnings: [(text: String, hint: String)] = []
            if let earlier = outcome.earlier,
                earlier.kind != saved.kind || earlier.user != saved.user
            {
                warnings.append(
                    (
                        "the credential \(earlier.summary) was replaced by the one in the URL",
                        "adm auth login \(saved.origin) stores the earlier one again"
                    )
                )
            }
            warnings.append(
                (
                    "the password of \(saved.user ?? "") was moved from the URL into the store"
                        + " \(saved.store.rawValue), for \(saved.origin)\(saved.scope)",
                    "it may still be in the history of your shell; leave it out of the URL from now on"
                )
            )
            return warnings
        }
    }
}
