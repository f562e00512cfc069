public import ADMModel

extension Workspace {
    /// Uses a login in this run alone; nothing of it is stored.
    ///
    /// It goes to its own server and path only, and counts more than what the workspace has for them.
    ///
    /// - Throws: ``Failure`` with `usage` for a secret that cannot be sent.
    public func lend(_ login: Login) async throws(Failure) {
        try LoginCheck.check(login.credential, login.secret)
        guard let secret = login.secret else {
            throw Failure(.usage, "there is no secret for \(login.credential.summary)")
        }
        await broker.lend(Grant(login.credential, secret))
    }
}
