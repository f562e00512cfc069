import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Where credentials go, and where they never do (A11 to A13).
@Suite(.timeLimit(.minutes(3)))
struct CredentialUseTests {
    private static func redirecting(_ path: String, to target: String, host: String?) -> TestFile {
        var behaviour = Behaviour()
        behaviour.redirection = Redirection(.path(target), status: 302, host: host)
        return TestFile(path, length: 10, seed: 2, behaviour)
    }

    @Test func `each kind is sent as its RFC says, for its path alone`() async throws {
        let kinds: [(options: [String], header: String, value: String, secret: String)] = [
            (["--user", "alice"], "Authorization", DownloadRig.basic("alice", "pä ss"), "pä ss"),
            (["--type", "bearer"], "Authorization", "Bearer tok.en", "tok.en\n"),
            (["--type", "header", "--header-name", "X-Api-Key"], "X-Api-Key", "k-1", "k-1"),
            (["--type", "cookie"], "Cookie", "sid=1; b=2", "sid=1; b=2\r\n"),
        ]
        for (options, header, value, secret) in kinds {
            let files = [
                DownloadRig.guarded("/in/a.bin", header, value),
                TestFile("/inside.bin", length: 100, seed: 3),
            ]
            try await DownloadRig.sealed(files) { rig in
                let login = try await rig.adm.output(
                    ["auth", "login", rig.server.url("/in"), "--token-stdin"]
                        + (options.contains("--user") ? options + ["--type", "basic"] : options),
                    input: .text(secret)
                )
                #expect(login.status == 0, "\(login.errorOutput)")
                let outcome = try await rig.download("/in/a.bin")
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(try rig.isRight("a.bin", "/in/a.bin"))
                // The same beginning is another path.
                #expect(try await rig.download("/inside.bin").status == 0)
                #expect(rig.sent(header, to: "/inside.bin") == [nil])
            }
        }
    }

    @Test func `a redirect to another host or port takes no credential along`() async throws {
        // So slow that more connections pay, which begin where the redirects have led.
        var slow = Behaviour()
        slow.bytesPerSecond = 2_097_152
        let files = [
            Self.redirecting("/in/a.bin", to: "/elsewhere.bin", host: "localhost"),
            Self.redirecting("/in/back.bin", to: "/in/again.bin", host: "localhost"),
            Self.redirecting("/in/again.bin", to: "/in/end.bin", host: "127.0.0.1"),
            TestFile("/elsewhere.bin", length: 500, seed: 4),
            TestFile("/in/end.bin", length: 8 * 1_048_576, seed: 5, slow),
            Self.redirecting("/in/out.bin", to: "/outside.bin", host: nil),
            TestFile("/outside.bin", length: 500, seed: 6),
        ]
        try await DownloadRig.sealed(files) { rig in
            try await rig.logIn("/in", "--user", "alice", secret: "pw")
            for path in ["/in/a.bin", "/in/back.bin", "/in/out.bin"] {
                let outcome = try await rig.download(path)
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(rig.sent("Authorization", to: path) == [DownloadRig.basic("alice", "pw")])
            }
            for path in ["/elsewhere.bin", "/in/again.bin", "/in/end.bin", "/outside.bin"] {
                #expect(rig.sent("Authorization", to: path) == [nil], "\(path)")
            }
            #expect(rig.server.requests("/in/end.bin").count > 1)
        }
    }

    @Test func `a credential for another host, port or scheme is not sent`() async throws {
        try await DownloadRig.sealed([TestFile("/a.bin", length: 100, seed: 1)]) { rig in
            let targets = [
                "http://127.0.0.1:1", "https://127.0.0.1:\(rig.server.port)",
                "http://localhost:\(rig.server.port)", "127.0.0.1",
            ]
            for target in targets {
                let login = try await rig.adm.output(
                    ["auth", "login", target, "--token-stdin"],
                    input: .text("secret")
                )
                #expect(login.status == 0, "\(login.errorOutput)")
            }
            #expect(try await rig.download("/a.bin").status == 0)
            #expect(rig.sent("Authorization", to: "/a.bin") == [nil])
        }
    }

    @Test func `an expired credential is not sent, and the message says how to renew it`()
        async throws
    {
        try await DownloadRig.sealed([TestFile("/a.bin", length: 100, seed: 1)]) { rig in
            try await rig.logIn("", "--user", "a", "--expires", "2020-01-01", secret: "x")
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 4)
            #expect(outcome.errorOutput.contains("expired at 2020-01-01"))
            #expect(outcome.errorOutput.contains("adm auth login http://127.0.0.1"))
            #expect(rig.server.requests("/a.bin").isEmpty)
            let status = try await rig.adm.output(["auth", "status"])
            #expect(status.status == 4)
        }
    }

    @Test func `a secret that was renewed in the meantime is read again after a refusal`()
        async throws
    {
        let path = "/a.bin"
        let file = DownloadRig.guarded(path, "Authorization", DownloadRig.basic("alice", "old"))
        let other = DownloadRig.guarded(
            "/b.bin",
            "Authorization",
            DownloadRig.basic("alice", "new")
        )
        // Another program keeps the secret and changes it, so that adm cannot know before it is refused.
        try await DownloadRig.run([file, other]) { rig in
            let secret = rig.adm.home + "/secret"
            try "old".write(toFile: secret, atomically: true, encoding: .utf8)
            try await rig.ok("profile", "set", "credential-command", "/bin/cat \(secret)")
            let url = rig.server.url("/")
            try await rig.ok("auth", "login", url, "--user", "alice", "--store", "command")
            try await rig.running { _ in
                try await rig.enqueue([path])
                try await rig.waitForStates { $0[1] == "succeeded" }
                try "new".write(toFile: secret, atomically: true, encoding: .utf8)
                try await rig.enqueue(["/b.bin"])
                try await rig.waitForStates { $0[2] == "succeeded" }
            }
            let sent = rig.server.requests("/b.bin").map { $0.header("Authorization") }
            #expect(
                sent == [DownloadRig.basic("alice", "old"), DownloadRig.basic("alice", "new")]
            )
        }
    }

    @Test func `after a new login a running process sends the new password, refused or not before`()
        async throws
    {
        let files = (0..<5).map {
            DownloadRig.guarded("/f\($0)", "Authorization", DownloadRig.basic("alice", "right"))
        }
        try await DownloadRig.sealed(files) { rig in
            try await rig.logIn("", "--user", "alice", secret: "wrong")
            try await rig.running("--max-concurrent", "1") { _ in
                try await rig.enqueue(files.dropLast().map(\.path))
                try await rig.waitForStates { $0.values.filter { $0 == "failed" }.count == 4 }
                try await rig.logIn("", "--user", "alice", secret: "right")
                try await rig.enqueue(["/f4"])
                try await rig.waitForStates { $0[5] == "succeeded" }
            }
        }
    }

    @Test func `a wrong password is not sent again and again`() async throws {
        let files = (0..<30).map {
            DownloadRig.guarded("/f\($0)", "Authorization", DownloadRig.basic("alice", "right"))
        }
        try await DownloadRig.sealed(files) { rig in
            try await rig.logIn("", "--user", "alice", secret: "wrong")
            try await rig.enqueue(files.map(\.path))
            let outcome = try await rig.adm.output([
                "run", "--until-empty", "--max-concurrent", "1", "--progress", "none",
            ])
            #expect(outcome.status != 0)
            #expect(rig.server.log.requests.count == 3)
            #expect(try await rig.states().values.allSatisfy { $0 == "failed" })
            let why = try await rig.why(30)
            #expect(why.sentence.contains("it is not sent again"), "\(why.sentence)")
        }
    }

    @Test func `a header field that is given counts more than a stored one`() async throws {
        try await DownloadRig.sealed([TestFile("/a.bin", length: 100, seed: 1)]) { rig in
            try await rig.logIn("", "--user", "alice", secret: "stored")
            let headers = rig.adm.home + "/headers"
            try "Authorization: Bearer given".write(
                toFile: headers,
                atomically: true,
                encoding: .utf8
            )
            #expect(try await rig.download("/a.bin", "--header", "@" + headers).status == 0)
            #expect(rig.sent("Authorization", to: "/a.bin") == ["Bearer given"])
        }
    }

    @Test func `two workspaces never share a connection or a credential`() async throws {
        let count = 500
        let files = ["one", "two"].flatMap { name in
            (0..<count).map { TestFile("/\(name)/\($0).bin", length: 100, seed: UInt64($0)) }
        }
        try await DownloadRig.sealed(files) { rig in
            for name in ["one", "two"] {
                try await rig.ok("ws", "create", name)
                let login = try await rig.adm.output(
                    ["-w", name, "auth", "login", rig.server.url("/"), "--user", name]
                        + ["--password-stdin"],
                    input: .text("secret of \(name)")
                )
                #expect(login.status == 0, "\(login.errorOutput)")
                try await rig.enqueue((0..<count).map { "/\(name)/\($0).bin" }, in: name)
            }
            try await rig.ok("budget", "set", "--slots", "8", "--per-host", "8")
            let outcome = try await rig.adm.output([
                "run", "--all-workspaces", "--until-empty", "--progress", "none",
            ])
            #expect(outcome.status == 0, "\(outcome.errorOutput.suffix(500))")
            var users: [Int: Set<String>] = [:]
            let requests = rig.server.log.requests
            for request in requests {
                let name = request.path.hasPrefix("/one/") ? "one" : "two"
                #expect(
                    request.header("Authorization") == DownloadRig.basic(name, "secret of \(name)")
                )
                users[request.connection, default: []].insert(name)
            }
            #expect(requests.count >= 2 * count)
            #expect(users.values.allSatisfy { $0.count == 1 })
            // Connections were kept and used again, or nothing would be proved.
            #expect(users.count < requests.count / 2)
        }
    }

    @Test func `two credentials of one workspace have connections of their own`() async throws {
        let paths = (0..<20).flatMap { ["/one/\($0)", "/two/\($0)", "/open/\($0)"] }
        let files = paths.map { TestFile($0, length: 100, seed: 4) }
        try await DownloadRig.sealed(files) { rig in
            try await rig.logIn("/one", "--user", "one", secret: "1")
            try await rig.logIn("/two", "--user", "two", secret: "2")
            try await rig.enqueue(paths)
            let outcome = try await rig.adm.output([
                "run", "--until-empty", "--max-concurrent", "2", "--progress", "none",
            ])
            #expect(outcome.status == 0, "\(outcome.errorOutput.suffix(500))")
            var sent: [Int: Set<String?>] = [:]
            for request in rig.server.log.requests {
                sent[request.connection, default: []].insert(request.header("Authorization"))
            }
            #expect(sent.values.allSatisfy { $0.count == 1 })
            #expect(Set(sent.values.flatMap(\.self)).count == 3)
            #expect(sent.count < paths.count)
        }
    }
}
