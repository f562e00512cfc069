import ADMModel
import ADMSystem
import Foundation

/// The access tokens of a home: makes, lists and revokes them.
///
/// What is done here blocks the thread: call it off the pool that tasks share.
struct TokenBook: Sendable {
    /// How many tokens there may be, so that the file stays one that is read at once.
    private static let limit = 1000

    let files: HomeFiles

    private var file: TokenFile { TokenFile(path: files.layout.tokens) }

    /// Makes a token; its secret is in the answer and nowhere else.
    ///
    /// - Throws: ``Failure`` with `usage` for an end that is not in the future, `workspaceNotFound`, `refused` if
    ///   there are too many tokens; with `storage` or `noSpace`, and no token was made then.
    func create(
        _ scope: TokenScope,
        workspace: WorkspaceName?,
        expires: Date?
    ) throws(Failure) -> (token: AccessToken, secret: Secret) {
        let now = KeptToken.stored(files.now())
        let end = try expires.map { (end) throws(Failure) in try TokenBook.end(end, after: now) }
        let identity = try workspace.map { (name) throws(Failure) in
            try files.require(name)
            return try files.identity(of: name)
        }
        return try locked { () throws(Failure) in
            let kept = try file.read()
            guard kept.count < TokenBook.limit else {
                throw Failure(
                    .refused,
                    "there are \(kept.count) access tokens already",
                    hint: "revoke those that nobody needs: adm token list, adm token revoke ID"
                )
            }
            let known = Set(kept.map(\.token.id))
            var id = TokenText.randomID()
            while known.contains(id) { id = TokenText.randomID() }
            let secret = TokenText.random(id: id)
            let token = AccessToken(
                id: id,
                scope: scope,
                workspace: identity,
                createdAt: now,
                expiresAt: end
            )
            try file.write(kept + [KeptToken(token, secret: secret)])
            return (token.named(workspace?.description), secret)
        }
    }

    /// All tokens in the order in which they were made, expired ones too.
    ///
    /// - Throws: ``Failure`` with `storage` if they cannot be read.
    func all() throws(Failure) -> [AccessToken] { try named(file.read().map(\.token)) }

    /// Takes a token away.
    ///
    /// - Parameter id: Its identifier; its secret does as well.
    /// - Returns: What it was.
    /// - Throws: ``Failure`` with `credentialNotFound` and the nearest identifier; with `storage` or `noSpace`, and
    ///   nothing was changed then.
    func revoke(_ id: String) throws(Failure) -> AccessToken {
        let id = TokenText.id(in: id) ?? id
        // Whoever names a token that does not exist makes no file.
        _ = try place(of: id, in: file.read())
        let revoked = try locked { () throws(Failure) in
            var kept = try file.read()
            let token = kept.remove(at: try place(of: id, in: kept)).token
            try file.write(kept)
            return token
        }
        return try named([revoked]).first ?? revoked
    }

    private func place(of id: String, in kept: [KeptToken]) throws(Failure) -> Int {
        if let place = kept.firstIndex(where: { $0.token.id == id }) { return place }
        let known = kept.map(\.token.id)
        // It may be a secret with a letter too few, of which no more than the identifier is shown.
        let shown = id.count > 12 ? id.prefix(12) + "…" : id[...]
        throw Failure(
            .credentialNotFound,
            "there is no access token \(shown.debugDescription)",
            hint: NearestWord.to(String(shown), in: known).map { "did you mean \($0)?" }
                ?? (known.isEmpty
                    ? "there are none; adm token create makes one" : "adm token list shows them")
        )
    }

    /// An end that lies ahead, as it is kept.
    private static func end(_ end: Date, after now: Date) throws(Failure) -> Date {
        guard Date.known.contains(end) else {
            throw Failure(.usage, "the end of a token must be in the years 1 to 9999")
        }
        let end = KeptToken.stored(end)
        guard end > now else {
            throw Failure(
                .usage,
                "the token would end at \(end.shown), which is not in the future",
                hint: "give a later end, or none"
            )
        }
        return end
    }

    /// The tokens with the names that their workspaces have now.
    private func named(_ tokens: [AccessToken]) throws(Failure) -> [AccessToken] {
        guard tokens.contains(where: { $0.workspace != nil }) else { return tokens }
        var names: [UUID: String] = [:]
        for name in try files.names() {
            if let identity = try? files.identity(of: name) { names[identity] = name.description }
        }
        return tokens.map { token in token.named(token.workspace.flatMap { names[$0] }) }
    }

    private func locked<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        try HomeDirectory.prepare(files.layout)
        try StateFile.makeDirectory(files.layout.run)
        let lock = try FileLock.acquire(path: files.layout.tokensLock)
        let result: Result
        do {
            result = try body()
        } catch {
            lock.release()
            throw error
        }
        lock.release()
        return result
    }
}
