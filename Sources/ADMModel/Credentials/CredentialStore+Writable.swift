extension CredentialStore {
    /// The store in which a new secret is kept: the one that a text names, else the one of the settings.
    ///
    /// - Throws: ``Failure`` with `usage` for a store that adm does not write and that needs no login.
    public static func writable(
        named text: String?,
        or setting: CredentialStore? = nil
    ) throws(Failure) -> CredentialStore {
        let chosen: CredentialStore?
        if let text {
            guard let store = CredentialStore(rawValue: text) else {
                throw Failure(
                    .usage,
                    "there is no store \(text.debugDescription)",
                    hint: "keyring, file or command"
                )
            }
            chosen = store
        } else {
            chosen = setting
        }
        switch chosen {
        case .keyring, .file, .command: return chosen ?? .keyring
        case .systemd:
            throw Failure(
                .usage,
                "the store systemd needs no login",
                hint:
                    "give the unit LoadCredential=adm.HOST:FILE; docs/credentials.md has an example"
            )
        case .environment, .netrc:
            throw Failure(
                .usage,
                "the store \(chosen?.rawValue ?? "") needs no login",
                hint: "set ADM_CREDENTIAL_HOST for the process that downloads"
            )
        case nil:
            throw Failure(
                .usage,
                "credential-store is none: the workspace uses no stored credential",
                hint: "adm profile set credential-store keyring, or name one with --store"
            )
        }
    }

    /// The store to which secrets are moved.
    ///
    /// - Throws: ``Failure`` with `usage` for one that adm cannot put them into.
    public static func movable(named text: String) throws(Failure) -> CredentialStore {
        let store = try writable(named: text)
        guard store.isWritable else {
            throw Failure(.usage, "secrets can be moved to keyring or file, not to \(text)")
        }
        return store
    }
}
