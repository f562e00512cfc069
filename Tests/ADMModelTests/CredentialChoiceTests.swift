import ADMModel
import Testing

@Suite struct CredentialChoiceTests {
    private func credential(
        _ target: String,
        kind: CredentialKind = .basic,
        user: String? = "alice"
    ) throws -> Credential {
        let (origin, scope) = try LoginTarget.parse(target, isProxy: kind == .proxy)
        return Credential(kind: kind, origin: origin, scope: scope, user: user, store: .file)
    }

    @Test func `a server names all of its credentials, a path one of them`() throws {
        let whole = try credential("h.example")
        let part = try credential("https://h.example/private")
        let other = try credential("i.example")
        let proxy = try credential("http://h.example:443", kind: .proxy)
        let choice = CredentialChoice([whole, part, other, proxy])
        #expect(try choice.all("h.example", mayBeSeveral: true) == [whole, part, proxy])
        #expect(try choice.one("https://h.example/private") == part)
        #expect(try choice.one("i.example") == other)
        #expect(try choice.all(nil, mayBeSeveral: false).count == 4)
        let several = #expect(throws: Failure.self) { try choice.one("h.example") }
        #expect(several?.code == .usage)
        for target in ["https://i.example/private", "j.example", "http://i.example"] {
            let none = #expect(throws: Failure.self) { try choice.one(target) }
            #expect(none?.code == .credentialNotFound, "\(target)")
        }
    }

    @Test func `four letters of an identifier name a credential`() throws {
        let credentials = [try credential("h.example"), try credential("i.example")]
        let choice = CredentialChoice(credentials)
        let beginning = String(credentials[1].identifier.prefix(12))
        #expect(try choice.one(beginning.uppercased()) == credentials[1])
    }

    @Test func `a new secret goes into a store that adm writes, or that a command reads`() throws {
        #expect(try CredentialStore.writable(named: "file", or: .systemd) == .file)
        #expect(try CredentialStore.writable(named: nil, or: .keyring) == .keyring)
        #expect(try CredentialStore.writable(named: "command") == .command)
        for (name, setting) in [
            ("vault", .keyring), ("systemd", .keyring), ("netrc", .keyring), (nil, .environment),
            (nil, nil),
        ] as [(String?, CredentialStore?)] {
            let failure = #expect(throws: Failure.self) {
                try CredentialStore.writable(named: name, or: setting)
            }
            #expect(failure?.code == .usage)
        }
    }

    @Test func `secrets are moved to a store that adm writes`() throws {
        #expect(try CredentialStore.movable(named: "keyring") == .keyring)
        #expect(try CredentialStore.movable(named: "file") == .file)
        for name in ["command", "systemd", "vault"] {
            let failure = #expect(throws: Failure.self) { try CredentialStore.movable(named: name) }
            #expect(failure?.code == .usage)
        }
    }
}
