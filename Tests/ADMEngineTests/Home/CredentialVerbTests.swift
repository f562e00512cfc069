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
                    await expectFailure(.usage) { try await work.logIn(wrong) }
                    await expectFailure(.usage) { try await work.lend(wrong) }
                }
                for text in ["", "two\nlines"] {
                    let wrong = Login(try credential(), secret: Secret(text.utf8))
                    await expectFailure(.usage) { try await work.logIn(wrong) }
                }
                // The store is one that adm only reads, and it has nothing.
                await expectFailure(.credentialStore) {
                    try await work.logIn(Login(try credential(), secret: nil))
                }
                #expect(try await work.credentials() == [])
            }
        }
    }
}
