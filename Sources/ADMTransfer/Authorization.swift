package import ADMModel

/// Proves to the server of one job who is asking, with the credentials of the workspace.
///
/// A credential goes to its own origin and path only; each request is checked again. If the server
/// refuses, its challenge is answered (Digest), or the secret is read once more.
package actor Authorization {
    /// What a request carries.
    struct Proof: Sendable {
        let fields: [HeaderField]
        /// Tells a refusal of what was known then from one of what is known now.
        let generation: Int
    }

    /// Names the credentials, so that no connection is shared with others; the password of a proxy is
    /// part of its connections.
    package nonisolated let key: String
    /// The credential for the proxy.
    package nonisolated let proxy: Grant?

    private var grants: [Grant]
    private let source: any CredentialSource
    private var digest: DigestAnswer?
    private var generation = 0
    private var staleNonces = 0
    private var renewal = Renewal.possible
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var verdict: Bool?

    private enum Renewal {
        case possible
        case running
        case done
    }

    /// Takes what may be sent; nil if that is nothing.
    package init?(_ access: Access, source: any CredentialSource) {
        guard !access.grants.isEmpty || access.proxy != nil else { return nil }
        grants = access.grants
        proxy = access.proxy
        self.source = source
        let names = access.grants.map(\.credential.identifier).sorted()
        let login = access.proxy.map { "\($0.credential.identifier) \($0.secret.fingerprint)" }
        key = (names + [login].compactMap(\.self)).joined(separator: " ")
    }

    /// What a request for a URL carries; nil if no credential is for it.
    ///
    /// - Throws: ``Failure`` with `authentication` if a secret cannot stand in a header field, or
    ///   the credential has expired in the meantime.
    func proof(for url: SourceURL) throws(Failure) -> Proof? {
        let usable = usable(for: url)
        guard !usable.isEmpty else { return nil }
        var fields: [HeaderField] = []
        for grant in usable {
            guard !grant.credential.hasExpired() else { throw .expired(grant.credential) }
            if Authorization.answersDigest(grant), digest != nil {
                guard let value = digest?.value(for: url, user: grant) else { continue }
                fields.append(try HeaderField(name: "Authorization", value: value))
            } else if let field = try grant.field() {
                fields.append(field)
            }
        }
        return Proof(fields: fields, generation: generation)
    }

    /// Prepares for another request after one was refused.
    ///
    /// - Throws: ``Failure`` with `authentication` that names the credential if there is nothing
    ///   else to send.
    func answer(_ challenges: [String], to proof: Proof, url: SourceURL) async throws(Failure) {
        while renewal == .running { await withCheckedContinuation { waiting.append($0) } }
        // Another connection was faster: what it learned is good for this one too.
        guard proof.generation == generation else { return }
        let usable = usable(for: url)
        if usable.contains(where: Authorization.answersDigest),
            let challenge = DigestChallenge.strongest(in: challenges),
            digest == nil || (challenge.isStale && staleNonces < 100)
        {
            if digest != nil { staleNonces += 1 }
            digest = DigestAnswer(challenge)
            generation += 1
            return
        }
        if renewal == .possible, try await renew(usable, challenges) { return }
        throw await refuse(usable, url)
    }

    /// The server took a proof.
    func accepted(_ url: SourceURL) async { await judge(usable(for: url), accepted: true) }

    /// The server asked for another proof again and again.
    func giveUp(_ url: SourceURL) async -> Failure { await refuse(usable(for: url), url) }

    /// The proxy did not take its password.
    func proxyRefused() async {
        guard let proxy else { return }
        _ = try? await source.renewed(proxy)
        await source.judged(proxy, accepted: false)
    }

    private func usable(for url: SourceURL) -> [Grant] {
        grants.filter { $0.credential.covers(url) }
    }

    private static func answersDigest(_ grant: Grant) -> Bool {
        [.basic, .digest].contains(grant.credential.kind)
    }

    /// Reads the secrets once more; whether any of them is another one now.
    private func renew(
        _ usable: [Grant],
        _ challenges: [String]
    ) async throws(Failure) -> Bool {
        renewal = .running
        defer {
            renewal = .done
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
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
        guard isNew else { return false }
        digest = DigestChallenge.strongest(in: challenges).map { DigestAnswer($0) }
        generation += 1
        return true
    }

    /// One job is one judgement, however many connections it has.
    private func judge(_ usable: [Grant], accepted: Bool) async {
        guard verdict != accepted else { return }
        verdict = accepted
        for grant in usable { await source.judged(grant, accepted: accepted) }
    }

    private func refuse(_ usable: [Grant], _ url: SourceURL) async -> Failure {
        await judge(usable, accepted: false)
        let names = usable.map(\.credential.summary).joined(separator: ", ")
        if usable.allSatisfy({ $0.credential.kind == .digest }), digest == nil {
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
