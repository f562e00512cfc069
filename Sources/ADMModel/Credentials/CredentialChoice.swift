/// Finds the credentials that somebody names.
public struct CredentialChoice: Sendable {
    private let credentials: [Credential]

    /// Chooses among the credentials of a workspace.
    public init(_ credentials: [Credential]) { self.credentials = credentials }

    /// The one credential that a server, a URL or the beginning of an identifier names.
    ///
    /// - Throws: ``Failure`` with `usage` if there are several, `credentialNotFound` if there is none.
    public func one(_ target: String) throws(Failure) -> Credential {
        let found = try all(target, mayBeSeveral: false)
        guard let first = found.first else { throw none(target) }
        return first
    }

    /// The credentials that are named; all of the workspace if nothing is named.
    ///
    /// - Throws: ``Failure`` as ``one(_:)`` does.
    public func all(_ target: String?, mayBeSeveral: Bool) throws(Failure) -> [Credential] {
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
