import ADMModel

/// Finds the credentials that somebody names.
struct CredentialChoice {
    private let credentials: [Credential]

    init(_ credentials: [Credential]) { self.credentials = credentials }

    /// The one credential that a server, a URL or the beginning of an identifier names.
    ///
    /// - Throws: ``Failure`` with `usage` if there are several, `credentialNotFound` if there is none.
    func one(_ target: String) throws(Failure) -> Credential {
        let found = try all(target, mayBeSeveral: false)
        guard let first = found.first else { throw none(target) }
        return first
    }

    /// The credentials that are named; all of the workspace if nothing is named.
    ///
    /// - Throws: ``Failure`` as ``one(_:)`` does.
    func all(_ target: String?, mayBeSeveral: Bool) throws(Failure) -> [Credential] {
        guard let target else { return credentials }
        let found = try matches(target)
        guard !found.isEmpty else { throw none(target) }
        guard found.count == 1 || mayBeSeveral else {
            let list = found.map { "\($0.identifier.prefix(8)) \($0.summary)" }
            throw Failure(
                .usage,
                "\(found.count) credentials are for \(target): \(list.joined(separator: ", "))",
                hint: "name one by its path or its identifier, or give --all"
            )
        }
        return found
    }

    private func matches(_ target: String) throws(Failure) -> [Credential] {
        let named = credentials.filter {
            target.count >= 4 && $0.identifier.hasPrefix(target.lowercased())
        }
        if !named.isEmpty { return named }
        let (origin, scope) = try LoginTarget.parse(target, isProxy: false)
        let ofServer = credentials.filter {
            $0.origin == origin
                || ($0.kind == .proxy && $0.origin.host == origin.host
                    && $0.origin.port == origin.port)
        }
        let ofPath = ofServer.filter { $0.scope == scope }
        return scope == "/" ? ofServer : ofPath
    }

    private func none(_ target: String) -> Failure {
        Failure(
            .credentialNotFound,
            "the workspace has no credential for \(target)",
            hint: "adm auth list shows what there is"
        )
    }
}

/// The option that names a store.
enum CredentialStoreOption {
    /// The store in which a new secret is kept.
    ///
    /// - Throws: ``Failure`` with `usage` for a store that adm does not write and that needs no login.
    static func writable(
        _ text: String?,
        or setting: CredentialStore?
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
}
