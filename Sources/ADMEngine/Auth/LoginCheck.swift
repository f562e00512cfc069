import ADMModel

/// What can be told of a credential before it is kept.
enum LoginCheck {
    static func check(_ credential: Credential, _ secret: Secret?) throws(Failure) {
        guard CredentialKind.known.contains(credential.kind) else {
            throw Failure(
                .usage,
                "there is no kind of credential \(credential.kind.rawValue.debugDescription)",
                hint: "one of " + CredentialKind.known.map(\.rawValue).joined(separator: ", ")
            )
        }
        if credential.kind.hasUser {
            guard let user = credential.user, !user.isEmpty else {
                throw Failure(
                    .usage,
                    "a credential of the kind \(credential.kind.rawValue) needs a user name",
                    hint: "give it with --user NAME"
                )
            }
            guard !user.contains(":"), user.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
                throw Failure(
                    .usage,
                    "the user name \(user.debugDescription) holds a colon or control character"
                )
            }
        } else if credential.user != nil {
            throw Failure(
                .usage,
                "a credential of the kind \(credential.kind.rawValue) has no user name"
            )
        }
        if let name = credential.fieldName { _ = try HeaderField(name: name, value: "") }
        if credential.kind == .header, credential.fieldName == nil {
            throw Failure(
                .usage,
                "which header field is it for?",
                hint: "give its name with --header-name NAME, for example X-Api-Key"
            )
        }
        guard let secret else { return }
        guard secret.count > 0 else { throw Failure(.usage, "the secret is empty") }
        guard secret.count <= Secret.maximumCount else {
            throw Failure(.usage, "the secret is longer than \(Secret.maximumCount) bytes")
        }
        do { _ = try Grant(credential, secret).field() } catch {
            throw Failure(
                .usage,
                "the secret cannot stand in a header field",
                hint: "it must be one line of text without control characters"
            )
        }
    }
}
