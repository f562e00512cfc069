package import ADMModel

/// Proves to the server of one job who asks, with the credentials of the workspace.
///
/// A credential goes to its own origin and path only; each request is checked again. Where the server
/// refuses, its challenge is answered (Digest), or the secret is read anew once.
package actor Authorization {
    /// What a request carries.
    struct Proof: Sendable {
        let fields: [HeaderField]
        /// Tells a refusal of what was known then from one of what is known now.
        let generation: Int
    }

    /// Names the credentials, so that no connection is shared with others.
    package nonisolated let key: String
    /// The credential for the proxy.
    package nonisolated let proxy: Grant?

    private var grants: [Grant]
    private let source: any CredentialSource
    private var digest: DigestAnswer?
    private var generation = 0
    private var isRenewed = false
    private var isAccepted = false

    /// Takes what may be sent; nil where that is nothing.
    package init?(_ access: Access, source: any CredentialSource) {
        guard !access.grants.isEmpty || access.proxy != nil else { return nil }
        grants = access.grants
        proxy = access.proxy
        self.source = source
        key = (access.grants + [access.proxy].compactMap(\.self))
            .map { $0.credential.identifier }
            .sorted().joined(separator: " ")
    }

    /// What a request for a URL carries; nil where no credential is for it.
    ///
    /// - Throws: ``Failure`` with `authentication` where a secret cannot stand in a header field, or
    ///   the credential has expired meanwhile.
    func proof(for url: SourceURL) throws(Failure) -> Proof? {
        let usable = grants.filter { $0.credential.covers(url) }
        guard !usable.isEmpty else { return nil }
        var fields: [HeaderField] = []
        for grant in usable {
            guard !grant.credential.hasExpired() else { throw .expired(grant.credential) }
            if grant.credential.slot == "authorization", grant.credential.kind != .bearer,
                digest != nil
            {
                guard let value = digest?.value(for: url, user: grant) else { continue }
                fields.append(try HeaderField(name: "Authorization", value: value))
            } else if let field = try grant.field() {
                fields.append(field)
            }
        }
        return Proof(fields: fields, generation: generation)
    }

    /// Whether a request that was refused may be sent again, with another proof.
    ///
    /// - Throws: ``Failure`` with `authentication` that names the credential where it may not.
    func answer(_ challenges: [String], to proof: Proof, url: SourceURL) async throws(Failure) {
        // Another connection was faster: what it learned is good for this one too.
        guard proof.generation == generation else { return }
        let usable = grants.filter { $0.credential.covers(url) }
        if usable.contains(where: { [.basic, .digest].contains($0.credential.kind) }),
            let challenge = DigestChallenge.strongest(in: challenges),
            digest == nil || challenge.isStale
        {
            digest = DigestAnswer(challenge)
            generation += 1
            return
        }
        if !isRenewed {
            isRenewed = true
            var isNew = false
            for grant in usable {
                guard let renewed = try await source.renewed(grant),
                    let index = grants.firstIndex(where: {
                        $0.credential.id == grant.credential.id
                    })
                else { continue }
                grants[index] = renewed
                isNew = true
            }
            if isNew {
                digest = DigestChallenge.strongest(in: challenges).map { DigestAnswer($0) }
                generation += 1
                return
            }
        }
        for grant in usable { await source.judged(grant.credential, accepted: false) }
        throw refusal(usable, challenges, url)
    }

    /// The server took a proof.
    func accepted(_ url: SourceURL) async {
        guard !isAccepted else { return }
        isAccepted = true
        for grant in grants where grant.credential.covers(url) {
            await source.judged(grant.credential, accepted: true)
        }
    }

    private func refusal(
        _ usable: [Grant],
        _ challenges: [String],
        _ url: SourceURL
    ) -> Failure {
        let names = usable.map(\.credential.summary).joined(separator: ", ")
        let isDigestOnly = usable.allSatisfy { $0.credential.kind == .digest }
        if isDigestOnly, digest == nil {
            return Failure(
                .authentication,
                "\(url.redacted): the server does not ask for Digest, and \(names) is for nothing else",
                hint: "adm auth login \(url.origin) --type basic sends the password itself"
            )
        }
        return Failure(
            .authentication,
            "\(url.redacted): the server refuses the credential \(names)",
            hint: "adm auth login \(url.origin) stores another one"
        )
    }
}
