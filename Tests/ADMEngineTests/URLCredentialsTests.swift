import ADMEngine
import ADMModel
import Testing

/// What a URL with a user name and a password means, without a workspace.
@Suite struct URLCredentialsTests {
    private func code(_ url: String, _ credentials: inout URLCredentials) -> Failure.Code? {
        do throws(Failure) {
            _ = try credentials.clean(url)
            return nil
        } catch { return error.code }
    }

    @Test func `the job gets the URL without the login, the workspace gets the login once`() throws
    {
        var credentials = URLCredentials(CredentialSettings(store: .file))
        let plain = "https://h.example/a?b=c@d"
        #expect(try credentials.clean(plain) == plain)
        #expect(credentials.takePending().isEmpty)
        #expect(try credentials.clean("https://me:pw@h.example/d/a") == "https://h.example/d/a")
        #expect(try credentials.clean("https://me:pw@h.example/d/b") == "https://h.example/d/b")
        let found = credentials.takePending()
        #expect(found.map(\.credential.user) == ["me"])
        #expect(found.map(\.credential.scope) == ["/d"])
        #expect(found.map(\.credential.store) == [.file])
        #expect(found.map { $0.secret?.text } == ["pw"])
        #expect(credentials.takePending().isEmpty)
    }

    @Test func `two passwords for one place contradict each other, for two places they do not`()
        throws
    {
        var credentials = URLCredentials(CredentialSettings(store: .file))
        _ = try credentials.clean("https://me:one@h.example/d/a")
        #expect(code("https://me:two@h.example/d/b", &credentials) == .usage)
        #expect(code("https://you:one@h.example/d/b", &credentials) == .usage)
        #expect(code("https://me:two@h.example/e/b", &credentials) == nil)
        #expect(credentials.takePending().count == 2)
    }

    @Test func `what could not be kept is tried again`() throws {
        var credentials = URLCredentials(CredentialSettings(store: .file))
        _ = try credentials.clean("https://me:pw@h.example/a")
        let found = credentials.takePending()
        credentials.forget(found)
        _ = try credentials.clean("https://me:pw@h.example/b")
        #expect(credentials.takePending().count == 1)
    }

    @Test(arguments: [nil, CredentialStore.command, .environment])
    func `a password that no store can keep is refused unless this run may use it`(
        _ store: CredentialStore?
    ) {
        var queued = URLCredentials(CredentialSettings(store: store))
        #expect(code("https://me:pw@h.example/a", &queued) == .refused)
        #expect(queued.takePending().isEmpty)
        var here = URLCredentials(CredentialSettings(store: store), mayLend: true)
        #expect(code("https://me:pw@h.example/a", &here) == nil)
        #expect(here.takePending().count == 1)
    }

    @Test func `a user name alone is refused`() {
        var credentials = URLCredentials(CredentialSettings(store: .file), mayLend: true)
        #expect(code("https://me@h.example/a", &credentials) == .usage)
    }
}
