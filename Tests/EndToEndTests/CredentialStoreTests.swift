import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The stores besides the keyring: each only if somebody chose it.
@Suite(.timeLimit(.minutes(2)))
struct CredentialStoreTests {
    private static let basic = DownloadRig.guarded(
        "/a.bin",
        "Authorization",
        DownloadRig.basic("alice", "pw")
    )

    private func with(
        _ rig: DownloadRig,
        _ variables: [String: String]
    ) -> DownloadRig {
        var adm = rig.adm
        adm.environment.merge(variables) { $1 }
        return DownloadRig(server: rig.server, adm: adm)
    }

    private func write(_ text: String, to path: String, mode: Int = 0o600) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    // MARK: - The encrypted file

    @Test func `the encrypted file holds no secret in the clear and opens with its key alone`()
        async throws
    {
        try await DownloadRig.sealed([Self.basic]) { rig in
            try await rig.logIn("", "--user", "alice", secret: "in the clear")
            let path = rig.adm.admHome + "/workspaces/default/credentials.enc"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(bytes.range(of: Data("in the clear".utf8)) == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600)
            try await rig.logIn("", "--user", "alice", secret: "pw")
            #expect(try await rig.download("/a.bin").status == 0)

            let other = rig.adm.home + "/other"
            try write(String(repeating: "k", count: 40), to: other)
            let wrong = try await with(rig, ["ADM_CREDENTIAL_KEY_FILE": other]).adm.output([
                "auth", "status",
            ])
            #expect(wrong.status == 13)
            #expect(wrong.errorOutput.contains("the key file \(other) does not open"))

            try write(String(repeating: "k", count: 40), to: other, mode: 0o644)
            let open = try await with(rig, ["ADM_CREDENTIAL_KEY_FILE": other]).adm.output([
                "auth", "status",
            ])
            #expect(open.errorOutput.contains("may be read by others"))
        }
    }

    @Test func `an entry that was moved to another server is found damaged`() async throws {
        try await DownloadRig.sealed([Self.basic]) { rig in
            try await rig.logIn("", "--user", "alice", secret: "pw")
            try await rig.ok("ws", "create", "other")
            // A copy of another workspace's file: the same key, and not for this workspace.
            let root = rig.adm.admHome + "/workspaces/"
            for name in ["credentials.enc", "jobs.db"] {
                try? FileManager.default.removeItem(atPath: root + "other/" + name)
                try FileManager.default.copyItem(
                    atPath: root + "default/" + name,
                    toPath: root + "other/" + name
                )
            }
            let outcome = try await rig.adm.output([
                "-w", "other", "download", rig.server.url("/a.bin"),
            ])
            #expect(outcome.status == 13)
            #expect(outcome.errorOutput.contains("was stored for something else"))
            #expect(rig.server.requests("/a.bin").isEmpty)
        }
    }

    @Test func `a passphrase is not guessed if nobody can be asked`() async throws {
        try await DownloadRig.run(environment: ["ADM_CREDENTIAL_STORE": "file"]) { rig in
            let outcome = try await rig.adm.output(
                ["auth", "login", "example.org", "--token-stdin"],
                input: .text("t")
            )
            #expect(outcome.status == 13)
            #expect(outcome.errorOutput.contains("credential-key-file"))
            #expect(try await rig.ok("auth", "list", "--json") == "[\n\n]\n")
        }
    }

    // MARK: - What other programs keep

    @Test func `a command prints the secret of the server that it is asked for`() async throws {
        try await DownloadRig.run([Self.basic]) { rig in
            let script = rig.adm.home + "/secret"
            try write(
                """
                #!/bin/sh
                [ -z "$ADM_HOME$ADM_CREDENTIAL_STORE" ] || exit 9
                [ "$1 $2" = "127.0.0.1 alice" ] || exit 8
                printf 'pw\\nurl: nothing else counts\\n'
                """,
                to: script,
                mode: 0o700
            )
            try await rig.ok("profile", "set", "credential-command", "'\(script)' {host} {user}")
            try await rig.ok(
                "auth",
                "login",
                rig.server.url("/"),
                "--user",
                "alice",
                "--store",
                "command"
            )
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.sent("Authorization", to: "/a.bin") == [DownloadRig.basic("alice", "pw")])

            try write("#!/bin/sh\nexit 3\n", to: script, mode: 0o700)
            let failed = try await rig.download("/a.bin", "--filename", "b")
            #expect(failed.status == 13)
            #expect(failed.errorOutput.contains("gave no credential"))
        }
    }

    @Test func `systemd and variables are looked at only if the profile says so`() async throws {
        try await DownloadRig.run([Self.basic]) { rig in
            let port = rig.server.port
            let directory = rig.adm.home + "/run"
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true
            )
            try write("basic alice:pw\n", to: "\(directory)/adm-http.127.0.0.1.\(port)")
            let given = with(
                rig,
                [
                    "CREDENTIALS_DIRECTORY": directory,
                    "ADM_HTTP_CREDENTIAL_127_0_0_1_\(port)": "basic alice:pw",
                ]
            )
            #expect(try await given.download("/a.bin").status == 4)
            #expect(rig.sent("Authorization", to: "/a.bin") == [nil])
            for store in ["systemd", "environment"] {
                let name = "\(store).bin"
                let outcome = try await given.download(
                    "/a.bin",
                    "--credential-store",
                    store,
                    "--filename",
                    name
                )
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(try rig.isRight(name, "/a.bin"))
            }
            let login = try await given.adm.output(
                ["auth", "login", "example.org", "--store", "systemd", "--token-stdin"],
                input: .text("t")
            )
            #expect(login.status == 2)
            let bad = with(given, ["ADM_HTTP_CREDENTIAL_127_0_0_1_\(port)": "geheim"])
            let refused = try await bad.download(
                "/a.bin",
                "--credential-store",
                "environment",
                "--filename",
                "bad"
            )
            #expect(refused.status == 2)
            #expect(!refused.errorOutput.contains("geheim"))
        }
    }

    @Test func `netrc counts only with its option`() async throws {
        try await DownloadRig.run([Self.basic]) { rig in
            try write(
                "machine other login x password y\nmachine 127.0.0.1 login alice password \"pw\"\n",
                to: rig.adm.home + "/.netrc"
            )
            #expect(try await rig.download("/a.bin").status == 4)
            let outcome = try await rig.download("/a.bin", "--netrc", "--filename", "b")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(
                rig.sent("Authorization", to: "/a.bin") == [nil, DownloadRig.basic("alice", "pw")]
            )
        }
    }

    @Test func `moving to another store keeps every credential usable`() async throws {
        try await DownloadRig.sealed([Self.basic]) { rig in
            try await rig.logIn("", "--user", "alice", secret: "pw")
            let moved = try await rig.adm.output(["auth", "migrate", "--to", "keyring"])
            // There is no keyring here: nothing has changed.
            #expect(moved.status == 13)
            #expect(try await rig.adm.output(["auth", "status"]).status == 0)
            #expect(try await rig.download("/a.bin").status == 0)
        }
    }

    @Test func `a secret is printed only if somebody insists`() async throws {
        try await DownloadRig.sealed { rig in
            try await rig.logIn("", "--user", "alice", secret: "pw")
            let url = rig.server.url("/")
            for options in [[], ["--reveal"]] {
                let outcome = try await rig.adm.output(["auth", "token", url] + options)
                #expect(outcome.status == 10)
                #expect(outcome.output.isEmpty)
            }
            let shown = try await rig.ok("auth", "token", url, "--reveal", "--yes")
            #expect(shown == "pw\n")
        }
    }
}
