import ADMEngine
import ADMModel
import ADMTestSupport
import Foundation
import Testing

/// `adm auth` through `Home`, with the same refusals; secrets come from the environment here.
@Suite(.timeLimit(.minutes(1))) struct CredentialVerbTests {
    private func credential(
        kind: CredentialKind = .basic,
        user: String? = "me"
    ) throws -> Credential {
        let target = try LoginTarget.parse("files.example.org/private")
        return Credential(
            kind: kind,
            origin: target.origin,
            scope: target.scope,
            user: user,
            store: .environment
        )
    }

    @Test func `what cannot be sent is not kept`() async throws {
        try await withTemporaryDirectory { root in
            try await Home.run(["HOME": root, "ADM_HOME": root + "/.adm"]) { home in
                let work = try await home.workspace()
                let secret = Secret("secret".utf8)
                for (kind, user) in [
                    (CredentialKind.basic, nil), (.basic, ""), (.basic, "a:b"), (.bearer, "me"),
                    (.header, nil), (CredentialKind(rawValue: "magic"), nil),
                ] as [(CredentialKind, String?)] {
                    let wrong = Login(try credential(kind: kind, user: user), secret: secret)
                    await expectFailure(.usage) { try await work.credentials.logIn(wrong) }
                    await expectFailure(.usage) { try await work.credentials.lend(wrong) }
                }
                for text in ["", "two\nlines"] {
                    let wrong = Login(try credential(), secret: Secret(text.utf8))
                    await expectFailure(.usage) { try await work.credentials.logIn(wrong) }
                }
                // The store is one that adm only reads, and it has nothing.
                await expectFailure(.credentialStore) {
                    try await work.credentials.logIn(Login(try credential(), secret: nil))
                }
                #expect(try await work.credentials.list() == [])
            }
        }
    }

    @Test func `a login that no store can keep is lent to this run, if that is wanted`()
        async throws
    {
        try await withTemporaryDirectory { root in
            let environment = [
                "HOME": root, "ADM_HOME": root + "/.adm", "ADM_CREDENTIAL_STORE": "environment",
            ]
            try await Home.run(environment) { home in
                let work = try await home.workspace()
                var found = URLCredentials(
                    work.configuration.settings.credentials,
                    mayLend: true
                )
                _ = try found.clean("https://me:pw@files.example.org/a")
                let login = try #require(found.takePending().first)
                let kept = try await work.credentials.keep(login, orLend: true)
                guard case .lent(let reason) = kept else {
                    Issue.record("\(kept)")
                    return
                }
                #expect(reason == "credential-store is environment")
                let failure = await #expect(throws: Failure.self) {
                    try await work.credentials.keep(login)
                }
                #expect(failure?.message.contains("files.example.org") == true)
                #expect(failure?.message.contains("pw") == false)
                #expect(try await work.credentials.list() == [])
            }
        }
    }
}
