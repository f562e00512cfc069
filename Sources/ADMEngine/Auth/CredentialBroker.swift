import ADMCatalog
import ADMModel
import ADMProfiles
import ADMSecrets
import Foundation

/// Finds the credentials of one workspace for the transfers that may use them.
///
/// What may be sent where is in the workspace's database; a store is asked only for a credential that
/// is for the very server. Secrets are kept in memory for five minutes.
actor CredentialBroker: CredentialSource {
    /// How long a secret is kept before the store is asked again.
    private static let lifetime = Duration.seconds(300)
    /// After so many refusals in a row a credential is not sent again by this process.
    private static let refusalLimit = 3

    private struct Known {
        let grant: Grant
        let readAt: ContinuousClock.Instant
    }

    private struct Refusals {
        let count: Int
        let secret: Secret
    }

    private let catalog: Catalog
    private let settings: CredentialSettings
    private let stores: SecretStores
    private let netrc: Netrc?
    private let environment: [String: String]
    private let clock = ContinuousClock()
    private var known: [UUID: Known] = [:]
    private var refusals: [UUID: Refusals] = [:]
    private var noted: Set<UUID> = []
    // Those that wait for a secret that is being read already.
    private var reading: [UUID: [CheckedContinuation<Void, Never>]] = [:]
    // What was given to the process has no row; it keeps its identity for the life of the process.
    private var provided: [String: Credential] = [:]
    // What a person gave for this run alone; it counts more than what is stored.
    private var lent: [Grant] = []

    init(
        catalog: Catalog,
        settings: CredentialSettings,
        stores: SecretStores,
        netrc: Netrc?,
        environment: [String: String]
    ) {
        self.catalog = catalog
        self.settings = settings
        self.stores = stores
        self.netrc = netrc
        self.environment = environment
    }

    /// Uses a credential in this run alone, in place of one for the same server and path.
    func lend(_ grant: Grant) {
        let new = grant.credential
        lent.removeAll {
            $0.credential.origin == new.origin && $0.credential.scope == new.scope
                && $0.credential.slot == new.slot
        }
        lent.append(grant)
    }

    func access(
        to url: SourceURL,
        proxy: String?,
        given: Set<HeaderField.Name>,
        hasStored: Bool
    ) async throws(Failure) -> Access {
        var access = Access(proxy: try await proxyGrant(proxy, for: url, hasStored: hasStored))
        var slots: Set<String> = []
        for grant in lent
        where grant.credential.covers(url) && !given.contains(fieldName(of: grant.credential)) {
            guard slots.insert(grant.credential.slot).inserted else { continue }
            try check(grant)
            access.grants.append(grant)
        }
        let candidates = hasStored ? try await candidates(for: url) : []
        for credential in candidates where credential.kind != .proxy {
            guard !given.contains(fieldName(of: credential)),
                slots.insert(credential.slot).inserted
            else { continue }
            access.grants.append(try await grant(credential))
        }
        for grant in try providedGrants(for: url.origin)
        where !given.contains(fieldName(of: grant.credential)) {
            guard slots.insert(grant.credential.slot).inserted else { continue }
            try check(grant)
            access.grants.append(grant)
        }
        return access
    }

    func renewed(_ grant: Grant) async throws(Failure) -> Grant? {
        let old = grant.credential
        let origin = old.origin
        known[old.id] = nil
        if isLent(old) { return nil }
        if provided[key(old)] != nil {
            let now = try providedGrants(for: origin).first { $0.credential.slot == old.slot }
            return now.flatMap { $0.secret.equals(grant.secret) ? nil : $0 }
        }
        // A new login has another identity.
        let present = try await catalog.credentials.all(for: origin).first {
            $0.slot == old.slot && $0.scope == old.scope
        }
        guard let present, !present.hasExpired() else { return nil }
        let renewed = try await self.grant(present)
        return renewed.secret.equals(grant.secret) ? nil : renewed
    }

    func judged(_ grant: Grant, accepted: Bool) async {
        let credential = grant.credential
        guard !accepted else {
            refusals[credential.id] = nil
            let isStored = !isLent(credential) && provided[key(credential)] == nil
            if isStored, noted.insert(credential.id).inserted {
                try? await catalog.credentials.used(credential)
            }
            return
        }
        known[credential.id] = nil
        let before = refusals[credential.id]
        let isSame = before.map { $0.secret.equals(grant.secret) } ?? false
        refusals[credential.id] = Refusals(
            count: isSame ? (before?.count ?? 0) + 1 : 1,
            secret: grant.secret
        )
    }

    // MARK: - What there is

    private func candidates(for url: SourceURL) async throws(Failure) -> [Credential] {
        guard settings.store != nil else { return [] }
        return try await catalog.credentials.all(for: url.origin).filter {
            $0.covers(url) && CredentialKind.known.contains($0.kind)
        }
    }

    private func providedGrants(for origin: SourceURL.Origin) throws(Failure) -> [Grant] {
        var found: [Grant] = []
        if let store = settings.store, store == .environment || store == .systemd,
            let grant = try stores.provided(by: store, for: origin)
        {
            found.append(grant)
        }
        if let grant = try netrc?.grant(for: origin) { found.append(grant) }
        return found.map(remembered)
    }

    private func remembered(_ grant: Grant) -> Grant {
        let credential = provided[key(grant.credential)] ?? grant.credential
        provided[key(credential)] = credential
        return Grant(credential, grant.secret)
    }

    private func isLent(_ credential: Credential) -> Bool {
        lent.contains { $0.credential.id == credential.id }
    }

    private func key(_ credential: Credential) -> String {
        [
            credential.store.rawValue, credential.origin.description, credential.kind.rawValue,
            credential.user ?? "", credential.fieldName ?? "",
        ].joined(separator: "\n")
    }

    private func grant(_ credential: Credential) async throws(Failure) -> Grant {
        guard !credential.hasExpired() else { throw .expired(credential) }
        if let found = known[credential.id],
            found.readAt.duration(to: clock.now) < CredentialBroker.lifetime
        {
            try check(found.grant)
            return found.grant
        }
        if reading[credential.id] != nil {
            // One question is enough, however many jobs begin at once.
            await withCheckedContinuation { reading[credential.id]?.append($0) }
            if let found = known[credential.id] {
                try check(found.grant)
                return found.grant
            }
        }
        reading[credential.id] = reading[credential.id] ?? []
        defer {
            for waiter in reading.removeValue(forKey: credential.id) ?? [] { waiter.resume() }
        }
        guard let secret = try await stores[credential.store].read(credential) else {
            throw .missingSecret(credential)
        }
        let grant = Grant(credential, secret)
        known[credential.id] = Known(grant: grant, readAt: clock.now)
        try check(grant)
        return grant
    }

    /// Holds a credential back that was refused too often, until its secret is another one.
    private func check(_ grant: Grant) throws(Failure) {
        guard let refused = refusals[grant.credential.id],
            refused.count >= CredentialBroker.refusalLimit
        else { return }
        if !refused.secret.equals(grant.secret) {
            refusals[grant.credential.id] = nil
            return
        }
        throw .refusedBefore(grant.credential)
    }

    private func fieldName(of credential: Credential) -> HeaderField.Name {
        switch credential.kind {
        case .header: HeaderField.Name(credential.fieldName ?? "")
        case .cookie: "cookie"
        default: "authorization"
        }
    }

    // MARK: - The proxy

    private func proxyGrant(
        _ proxy: String?,
        for url: SourceURL,
        hasStored: Bool
    ) async throws(Failure) -> Grant? {
        guard let proxy, let origin = ProxyAddress.origin(of: proxy) else { return nil }
        if hasStored, settings.store != nil,
            let credential = try await catalog.credentials.all(for: origin).first(where: {
                $0.kind == .proxy
            })
        {
            return try await grant(credential)
        }
        // What the variables of other programs hold is used as it is and kept nowhere.
        let named = SettingsResolution.environmentProxy(
            scheme: url.origin.scheme,
            environment: environment
        )
        guard let named, ProxyAddress.origin(of: named) == origin else { return nil }
        guard let login = ProxyAddress.login(in: named, origin).map(remembered) else { return nil }
        try check(login)
        return login
    }
}
