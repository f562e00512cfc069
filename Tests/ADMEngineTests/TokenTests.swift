import ADMModel
import Foundation
import Testing

@testable import ADMEngine

/// Access tokens of the daemon: shown once, kept as a hash, good until they end or are revoked.
@Suite(.timeLimit(.minutes(1))) struct TokenTests {
    private func text(_ secret: Secret) throws -> String { try #require(secret.text) }

    /// Makes the file look as if it had been written long ago, so that its stamp is trusted.
    private func age(_ path: String) throws {
        let before = Date(timeIntervalSinceNow: -3600)
        try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: path)
    }

    @Test func `a token is found by its secret, and only the hash of that is kept`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let (token, secret) = try await library.createToken(scope: .submit)
            let text = try text(secret)
            #expect(text.hasPrefix("adm_\(token.id)_") && text.utf8.count == 56)
            #expect(token.scope == .submit && token.workspace == nil && token.expiresAt == nil)
            #expect(token.createdAt == home.now)
            #expect(try TokenCheck(home: library).token(of: text) == .good(token))
            #expect(try await library.tokens() == [token])

            let file = try home.text(home.layout.tokens)
            #expect(file.contains(token.id))
            #expect(!file.contains(text) && !file.contains(text.suffix(43)))
            #expect(file.contains(KeptToken.hash(of: secret)))
            #expect(try home.mode(home.layout.tokens) == 0o600)
            #expect(try home.mode(home.layout.run) == 0o700)
        }
    }

    @Test func `what is not exactly a secret is wrong`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let check = TokenCheck(home: library)
            #expect(
                try check.token(of: "adm_00000000_" + String(repeating: "A", count: 43)) == .wrong
            )
            #expect(!home.exists(home.layout.root), "looking makes nothing")

            let (one, secret) = try await library.createToken(scope: .admin)
            let (other, _) = try await library.createToken(scope: .admin)
            let text = try text(secret)
            let random = text.suffix(43)
            let changed = (random.first == "A" ? "B" : "A") + random.dropFirst()
            for wrong in [
                "", "adm_", one.id, String(random), "adm_\(one.id)", "adm_\(one.id)_",
                String(text.dropLast()), text + "A", text + "\n", " " + text,
                "adm_\(one.id)_\(changed)", "adm_\(other.id)_\(random)",
                "adm_ffffffff_\(random)", "ADM_\(one.id)_\(random)",
                KeptToken.hash(of: secret), String(repeating: "é", count: 28),
                String(repeating: "x", count: 100_000),
            ] { #expect(try check.token(of: wrong) == .wrong, "\(wrong.prefix(60))") }
            #expect(try check.token(of: text) == .good(one))
        }
    }

    @Test func `a token that has ended is expired, and a wrong secret of it is wrong`() async throws
    {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let end = home.now.addingTimeInterval(60)
            let (token, secret) = try await library.createToken(scope: .read, expires: end)
            let text = try text(secret)
            #expect(token.expiresAt == end)
            #expect(try TokenCheck(home: library).token(of: text) == .good(token))
            var later = home
            later.now = end
            let check = TokenCheck(home: try later.library())
            #expect(try check.token(of: text) == .expired)
            let wrong = String(text.dropLast()) + (text.hasSuffix("A") ? "B" : "A")
            #expect(try check.token(of: wrong) == .wrong)
            #expect(try await later.library().tokens() == [token])
        }
    }

    @Test func `an end that is not in the future is refused, and nothing is made`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            for end in [home.now, home.now.addingTimeInterval(-1), Date(timeIntervalSince1970: 0)] {
                await expectFailure(.usage, "not in the future") {
                    try await library.createToken(scope: .read, expires: end)
                }
            }
            await expectFailure(.usage, "9999") {
                try await library.createToken(
                    scope: .read,
                    expires: Date(timeIntervalSince1970: 1e300)
                )
            }
            #expect(!home.exists(home.layout.run))
        }
    }

    @Test(arguments: [false, true])
    func `a revoked token is wrong at once, for a check that knows it too`(
        isSettled: Bool
    )
        async throws
    {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let check = TokenCheck(home: library)
            let (token, secret) = try await library.createToken(scope: .submit)
            let (other, kept) = try await library.createToken(scope: .read)
            let text = try text(secret)
            if isSettled { try age(home.layout.tokens) }
            for _ in 0..<2 { #expect(try check.token(of: text) == .good(token)) }

            #expect(try await library.revokeToken(token.id) == token)
            #expect(try check.token(of: text) == .wrong)
            #expect(try check.token(of: self.text(kept)) == .good(other))
            #expect(try await library.tokens() == [other])
            await expectFailure(.credentialNotFound, token.id) {
                try await library.revokeToken(token.id)
            }
            try FileManager.default.removeItem(atPath: home.layout.tokens)
            #expect(try check.token(of: self.text(kept)) == .wrong)
        }
    }

    @Test func `an unknown identifier is answered with the nearest, and a secret is not repeated`()
        async throws
    {
        try await TestHome.with { home async throws in
            let library = try home.library()
            await expectFailure(.credentialNotFound, "adm token create") {
                try await library.revokeToken("3f9a07c2")
            }
            #expect(!home.exists(home.layout.run))
            let (token, secret) = try await library.createToken(scope: .submit)
            let near = String(token.id.dropLast()) + (token.id.hasSuffix("0") ? "1" : "0")
            await expectFailure(.credentialNotFound, "did you mean \(token.id)?") {
                try await library.revokeToken(near)
            }
            let text = try text(secret)
            let failure = await expectFailure(.credentialNotFound) {
                try await library.revokeToken(String(text.dropLast()))
            }
            #expect(failure?.description.contains(text.suffix(43).dropLast()) == false)
            // Whoever finds a secret somewhere can end it with that alone.
            #expect(try await library.revokeToken(text).id == token.id)
            #expect(try await library.tokens() == [])
        }
    }

    private static let entry = #"""
        {"id":"3f9a07c2","sha256":"\#(String(repeating: "0", count: 64))","scope":"admin",
        "workspace":null,"created_at":"2026-11-23T12:00:00.000Z","expires_at":null}
        """#

    @Test func `a file as adm writes it is read`() async throws {
        try await TestHome.with { home async throws in
            try home.write(
                #"{"version":1,"tokens":[\#(TokenTests.entry)]}"#,
                to: home.layout.tokens
            )
            let library = try home.library()
            #expect(try await library.tokens().map(\.id) == ["3f9a07c2"])
            _ = try await library.createToken(scope: .read)
            #expect(try await library.tokens().map(\.scope) == [.admin, .read])
        }
    }

    @Test(arguments: [
        ("", "version"), ("{", "version"), ("[]", "version"),
        (#"{"version":0,"tokens":[]}"#, "version"),
        (#"{"version":2,"tokens":[]}"#, "newer adm"),
        (#"{"version":9223372036854775808,"tokens":[]}"#, "version"),
        (#"{"version":1}"#, "no list"), (#"{"version":1,"tokens":[{}]}"#, "no list"),
        (#"{"version":1,"tokens":[\#(entry),\#(entry)]}"#, "same identifier"),
        (#"{"version":1,"tokens":[\#(entry.replacing("admin", with: "all"))]}"#, "entry 1"),
        (#"{"version":1,"tokens":[\#(entry.replacing("3f9a", with: "3F9A"))]}"#, "entry 1"),
        (#"{"version":1,"tokens":[\#(entry.replacing("000000", with: ""))]}"#, "entry 1"),
        (#"{"version":1,"tokens":[\#(entry.replacing(":null", with: #":"x""#))]}"#, "entry 1"),
        (
            #"{"version":1,"tokens":[\#(entry.replacing("2026-11-23T12:00:00.000Z", with: "+2h"))]}"#,
            "entry 1"
        ),
    ])
    func `a file that is damaged or too new lets nobody in, and stays as it is`(
        text: String,
        words: String
    ) async throws {
        try await TestHome.with { home async throws in
            let path = home.layout.tokens
            try home.write(text, to: path)
            let library = try home.library()
            let check = TokenCheck(home: library)
            await expectFailure(.storage, path, words, "remove it") { try await library.tokens() }
            await expectFailure(.storage, path) { try await library.createToken(scope: .read) }
            await expectFailure(.storage, path) { try await library.revokeToken("3f9a07c2") }
            for _ in 0..<2 { await expectFailure(.storage, path) { try check.token(of: "x") } }
            #expect(try home.text(path) == text)
        }
    }

    @Test func `tokens that are made and revoked at the same time are all kept`() async throws {
        try await TestHome.with { home async throws in
            let library = try home.library()
            let (gone, _) = try await library.createToken(scope: .admin)
            let made = try await withThrowingTaskGroup(of: AccessToken.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await library.createToken(scope: .submit).token }
                }
                try await library.revokeToken(gone.id)
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(made.count == 8)
            #expect(Set(try await library.tokens()) == Set(made))
        }
    }

    @Test func `a token of a workspace stays with it under its new name`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library()
            let work = try WorkspaceName("work")
            let identity = try await library.selection(of: work).identity
            let (token, secret) = try await library.createToken(scope: .submit, workspace: work)
            #expect(token.workspace == identity && token.workspaceName == "work")
            try await library.rename(work, to: WorkspaceName("old"))
            try await home.create("work")
            let listed = try #require(try await library.tokens().first)
            #expect(listed.workspace == identity && listed.workspaceName == "old")
            let check = TokenCheck(home: library)
            guard case .good(let found) = try check.token(of: text(secret)) else {
                Issue.record("the token is not good")
                return
            }
            #expect(found.id == token.id && found.workspace == identity)

            try await library.remove("old")
            #expect(try await library.tokens().map(\.workspaceName) == [nil])
            #expect(try await library.revokeToken(token.id).workspace == identity)
        }
    }

    @Test func `there is no token for a workspace that does not exist`() async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            await expectFailure(.workspaceNotFound, "did you mean work?") {
                try await home.library().createToken(scope: .read, workspace: WorkspaceName("wrk"))
            }
            #expect(!home.exists(home.layout.run))
        }
    }
}
