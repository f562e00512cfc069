import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Glibc
import Testing

/// Credentials in a real gnome-keyring, and what adm says when it cannot be used (A1 to A10).
@Suite(
    .timeLimit(.minutes(3)),
    .enabled(if: KeyringSession.isInstalled, "gnome-keyring, dbus or libsecret is not installed")
)
struct KeyringTests {
    private static let files = [
        DownloadRig.guarded(
            "/private.bin",
            "Authorization",
            DownloadRig.basic("alice", "pass word")
        ),
        TestFile("/public.bin", length: 5000, seed: 1),
    ]

    private func withKeyring(
        body: (DownloadRig, KeyringSession) async throws -> Void
    ) async throws {
        try await KeyringSession.run { session in
            try await DownloadRig.run(Self.files, environment: session.environment) { rig in
                try await body(rig, session)
            }
        }
    }

    private func logIn(_ rig: DownloadRig) async throws {
        try await rig.logIn("/private.bin", "--user", "alice", secret: "pass word")
    }

    private func expect(
        _ outcome: ChildProcess.Outcome,
        _ status: Int32,
        says text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == status, sourceLocation: sourceLocation)
        #expect(
            outcome.errorOutput.contains(text),
            "\(outcome.errorOutput)",
            sourceLocation: sourceLocation
        )
    }

    @Test func `a login is in the keyring for other programs to see, and gone after the logout`()
        async throws
    {
        try await withKeyring { rig, session in
            try await logIn(rig)
            let items = try await session.items()
            #expect(items.contains("pass word"))
            #expect(items.contains("attribute.user = alice"))
            #expect(items.contains("adm: alice@127.0.0.1 (default)"))
            #expect(!items.contains("private.bin\nattribute"))

            let fetched = try await rig.download("/private.bin")
            #expect(fetched.status == 0, "\(fetched.errorOutput)")
            #expect(try rig.isRight("private.bin", "/private.bin"))

            let gone = try await rig.ok("auth", "logout", rig.server.url("/private.bin"))
            #expect(gone.isEmpty)
            let left = try await session.items()
            #expect(!left.contains("pass word"))
            let refused = try await rig.download("/private.bin", "--filename", "again")
            expect(refused, 4, says: "adm auth login")
        }
    }

    @Test func `another workspace neither sees nor sends it`() async throws {
        try await withKeyring { rig, _ in
            try await logIn(rig)
            try await rig.ok("ws", "create", "other")
            #expect(try await rig.ok("-w", "other", "auth", "list", "--json") == "[\n\n]\n")
            let outcome = try await rig.adm.output([
                "-w", "other", "download", rig.server.url("/private.bin"),
            ])
            #expect(outcome.status == 4)
            #expect(rig.sent("Authorization", to: "/private.bin") == [nil])
        }
    }

    @Test
    func `a locked keyring is said to be locked, holds the job, and touches no public download`()
        async throws
    {
        try await withKeyring { rig, session in
            try await logIn(rig)
            try await session.lock()
            let held = try await rig.download("/private.bin")
            expect(held, 13, says: "the keyring is locked")
            expect(held, 13, says: "gnome-keyring-daemon --replace --unlock")
            #expect(try await rig.show(1).state == "paused")
            #expect(try await rig.why(1).sentence.contains("held for want of its credential"))
            #expect(try await rig.download("/public.bin").status == 0)

            let status = try await rig.adm.output(["auth", "status", "--json"])
            #expect(status.status == 13)
            #expect(status.output.contains("\"keyring\" : \"locked\""))
            let login = try await rig.adm.output(
                ["auth", "login", "files.example.org", "--token-stdin"],
                input: .text("t")
            )
            expect(login, 13, says: "the keyring is locked")

            try await session.unlocked {
                let resumed = try await rig.adm.output(["resume", "1"])
                #expect(resumed.status == 0, "\(resumed.errorOutput)")
            }
            #expect(try rig.isRight("private.bin", "/private.bin"))
        }
    }

    @Test func `a prompt that nobody answers ends the unlocking`() async throws {
        try await withKeyring { rig, session in
            try await session.lock()
            let outcome = try await rig.adm.output(["auth", "unlock"])
            expect(outcome, 13, says: "the prompt was closed")
        }
    }

    @Test func `a service that never answers is given up after three seconds`() async throws {
        try await withKeyring { rig, session in
            try await logIn(rig)
            session.keyring.send(SIGSTOP)
            let start = ContinuousClock.now
            let outcome = try await rig.download("/private.bin")
            let elapsed = start.duration(to: .now)
            expect(outcome, 13, says: "did not answer in time")
            // Three seconds and what starting a program takes on a busy machine.
            #expect(elapsed < .seconds(15))
            #expect(rig.sent("Authorization", to: "/private.bin").isEmpty)
            #expect(try await rig.download("/public.bin").status == 0)

            session.keyring.send(SIGCONT)
            #expect(try await rig.adm.output(["resume", "1"]).status == 0)
        }
    }

    @Test func `a service that dies in the middle is said to be gone`() async throws {
        try await withKeyring { rig, session in
            try await logIn(rig)
            session.keyring.send(SIGSTOP)
            let arguments = ["download", "-d", rig.directory, rig.server.url("/private.bin")]
            try await rig.adm.run(arguments) { adm in
                try await rig.waitForStates { $0[1] == "running" }
                session.keyring.kill()
                let outcome = try await adm.wait()
                #expect(outcome.status == 13, "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains("the keyring"))
            }
            let status = try await rig.adm.output(["auth", "status", "--json"])
            #expect(status.output.contains("\"keyring\" : \"unavailable\""))
        }
    }

    @Test func `without a bus, a service or the library adm works and says what is missing`()
        async throws
    {
        try await DownloadRig.run(Self.files) { rig in
            let login = try await rig.adm.output(
                ["auth", "login", rig.server.url("/"), "--token-stdin"],
                input: .text("t")
            )
            expect(login, 13, says: "there is no session bus")
            expect(login, 13, says: "--store file")
            #expect(try await rig.ok("auth", "list", "--json") == "[\n\n]\n")
            #expect(try await rig.download("/public.bin").status == 0)
        }
        try await KeyringSession.withBus { variables, directory in
            try await DownloadRig.run(Self.files, environment: variables) { rig in
                let outcome = try await rig.adm.output(["auth", "unlock"])
                expect(outcome, 13, says: "the keyring cannot be reached")

                // A library that cannot be loaded, in front of the real one.
                try Data().write(to: URL(fileURLWithPath: "\(directory)/libsecret-1.so.0"))
                var adm = rig.adm
                adm.environment["LD_LIBRARY_PATH"] = directory
                let missing = try await adm.output(["auth", "unlock"])
                expect(missing, 13, says: "apt-get install libsecret-1-0")
                let fetched = try await adm.output([
                    "download", "-d", rig.directory, rig.server.url("/public.bin"),
                ])
                #expect(fetched.status == 0)
            }
        }
    }

    @Test func `nothing of the program takes the place of a function of the library`() async throws
    {
        let nm = try #require(LocalService.find("nm"))
        let path = try AdmProcess.executable()
        let outcome = try await ChildProcess.output(
            ChildProcess.Command(nm, ["--extern-only", "--defined-only", path])
        )
        let names = outcome.output.split(separator: "\n").compactMap {
            $0.split(separator: " ").last
        }
        #expect(names.contains("adm_keyring_load"))
        #expect(!names.contains { $0.hasPrefix("g_") || $0.hasPrefix("secret_") })
    }

    @Test func `a password in a URL goes into the keyring and nowhere else`() async throws {
        try await withKeyring { rig, session in
            let url = rig.server.url("/private.bin").replacing("://", with: "://alice:pass%20word@")
            let outcome = try await rig.adm.output(["download", "-d", rig.directory, url])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            expect(outcome, 0, says: "was moved from the URL into the store keyring")
            #expect(try rig.isRight("private.bin", "/private.bin"))
            #expect(try await session.items().contains("pass word"))
            let shown = try await rig.ok("show", "1", "--json")
            #expect(!shown.contains("alice"))
        }
    }
}
