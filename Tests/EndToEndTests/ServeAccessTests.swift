import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Who may ask the daemon, and for what.
@Suite(.timeLimit(.minutes(3))) struct ServeAccessTests {
    private static let list = "/v1/workspaces"
    private static let wrong = "adm_00000000_" + String(repeating: "A", count: 43)

    private func mode(_ path: String) throws -> Int {
        let all = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(all[.posixPermissions] as? Int)
    }

    @Test func `the socket and its directory are for the owner alone`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            try await rig.serving { daemon in
                let answer = try await daemon.get(Self.list)
                #expect(answer.status == 200, "the owner needs no token")
                #expect(try mode(rig.socket) == 0o600)
                #expect(try mode(HomeLayout(root: rig.rig.adm.admHome).run) == 0o700)
            }
        }
    }

    @Test func `at a port nobody is let in under a name that is not the daemon's`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            let token = try await rig.token("--scope", "read")
            try await rig.servingPort("--host", "files.example:80") { daemon in
                let asking = daemon.with(token: token)
                let port = daemon.door.host.split(separator: ":").last ?? ""
                for host in [daemon.door.host, "localhost:\(port)", "Files.Example:80"] {
                    #expect(
                        try await asking.get(Self.list, ["Host": host]).status == 200,
                        "\(host)"
                    )
                }
                for host in [
                    "evil.example", "evil.example:\(port)", "127.0.0.1", "localhost",
                    "127.0.0.1:1", "files.example", "127.0.0.1:\(port).evil.example",
                ] {
                    let answer = try await asking.get(Self.list, ["Host": host])
                    #expect(answer.status == 403, "\(host)")
                    #expect(answer.code == "forbidden")
                    // Not even that it lives.
                    #expect(try await daemon.get("/healthz", ["Host": host]).status == 403)
                }
                let fields = "Authorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
                for head in ["HTTP/1.1\r\n", "HTTP/1.1\r\nHost:\r\n", "HTTP/1.0\r\n"] {
                    let bytes = Data("GET \(Self.list) \(head)\(fields)".utf8)
                    #expect(try await daemon.ask(bytes).status == 400, "\(head)")
                }
            }
        }
    }

    @Test func `a page of another origin gets nothing, whatever token it has`() async throws {
        try await ServeRig.run { rig in
            let token = try await rig.token("--scope", "admin")
            try await rig.servingPort { port in
                let socket = Daemon(process: port.process, door: .socket(rig.socket))
                for daemon in [port.with(token: token), socket] {
                    for field in [
                        ["Origin": "https://evil.example"], ["Origin": "null"],
                        ["Origin": "http://\(daemon.door.host)"],
                        ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
                    ] {
                        for answer in [
                            try await daemon.get(Self.list, field),
                            try await daemon.post(jobsPath, rig.body("/x"), field),
                            try await daemon.get("/healthz", field),
                            try await daemon.ask(daemon.request("OPTIONS", jobsPath, field)),
                        ] {
                            #expect(answer.status == 403, "\(field) \(answer.text)")
                            let names = answer.fields.map { $0.name.lowercased() }
                            #expect(!names.contains { $0.hasPrefix("access-control-") })
                        }
                    }
                    for site in ["same-origin", "none"] {
                        let answer = try await daemon.get(Self.list, ["Sec-Fetch-Site": site])
                        #expect(answer.status == 200)
                        #expect(answer.field("Access-Control-Allow-Origin") == nil)
                    }
                }
            }
            #expect(try await rig.rig.states(in: "work") == [:])
        }
    }

    @Test func `an origin that was named may ask, and no other one`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            let token = try await rig.token("--scope", "read")
            let mine = "https://mine.example"
            try await rig.servingPort("--allow-origin", mine) { port in
                let daemon = port.with(token: token)
                let answer = try await daemon.get(Self.list, ["Origin": mine])
                #expect(answer.status == 200)
                #expect(answer.field("Access-Control-Allow-Origin") == mine)
                #expect(answer.field("Vary") == "Origin")
                #expect(answer.field("Access-Control-Allow-Credentials") == nil)
                let asked = try await port.ask(
                    port.request("OPTIONS", jobsPath, ["Origin": mine])
                )
                #expect(asked.status == 204)
                #expect(asked.field("Access-Control-Allow-Origin") == mine)
                let unknown = try await port.get(Self.list, ["Origin": mine])
                #expect(unknown.status == 401, "it needs a token nevertheless")
                for other in [mine + ".evil.example", mine + ":8443", "http://mine.example"] {
                    let refused = try await daemon.get(Self.list, ["Origin": other])
                    #expect(refused.status == 403)
                    #expect(refused.field("Access-Control-Allow-Origin") == nil)
                }
                let plain = try await daemon.get(Self.list)
                #expect(plain.status == 200)
                #expect(plain.field("Access-Control-Allow-Origin") == nil)
            }
        }
    }

    @Test func `without a token that counts nothing is told`() async throws {
        try await ServeRig.run { rig in
            let token = try await rig.token()
            try await rig.servingPort { daemon in
                for path in [
                    Self.list, jobsPath, "/v1/version", "/v1/budget", "/metrics", "/v1/nothing",
                    "/v1/workspaces/nobody",
                ] {
                    let answer = try await daemon.get(path)
                    #expect(answer.status == 401, "\(path)")
                    #expect(answer.field("WWW-Authenticate")?.hasPrefix("Bearer") == true)
                    #expect(answer.code == "unauthorized")
                }
                for field in [Self.wrong, "", "x", String(token.dropLast()), token + "A"] {
                    #expect(try await daemon.with(token: field).get(Self.list).status == 401)
                }
                for field in ["Basic \(token)", token, "Bearer"] {
                    let answer = try await daemon.get(Self.list, ["Authorization": field])
                    #expect(answer.status == 401, "\(field.prefix(6))")
                }
                // What says nothing of jobs is for everybody.
                for path in ["/healthz", "/readyz", "/v1/openapi.json"] {
                    #expect(try await daemon.get(path).status == 200)
                }
                #expect(try await daemon.with(token: token).get(Self.list).status == 200)
            }
        }
    }

    @Test func `a wrong token is refused at the socket, too`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            try await rig.serving { daemon in
                let answer = try await daemon.with(token: Self.wrong).get(Self.list)
                #expect(answer.status == 401)
            }
        }
    }

    @Test func `a token that is revoked counts from the next request on`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            let token = try await rig.token()
            try await rig.servingPort { port in
                let daemon = port.with(token: token)
                #expect(try await daemon.get(Self.list).status == 200)
                let id = String(token.split(separator: "_")[1])
                try await rig.rig.ok("token", "revoke", id)
                #expect(try await daemon.get(Self.list).status == 401)
                // One that is made meanwhile counts at once.
                let new = try await rig.token()
                #expect(try await port.with(token: new).get(Self.list).status == 200)
            }
        }
    }

    @Test func `a token that has ended does not count any more`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            let token = try await rig.token("--expires", "1s")
            try await rig.servingPort { port in
                let daemon = port.with(token: token)
                var answer = try await daemon.get(Self.list)
                while answer.status == 200 {
                    try Task.checkCancellation()
                    answer = try await daemon.get(Self.list)
                }
                #expect(answer.status == 401)
                #expect(answer.text.contains("expired"))
            }
        }
    }

    @Test func `whoever guesses tokens has to wait`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            let token = try await rig.token()
            try await rig.servingPort { daemon in
                let guessing = daemon.with(token: Self.wrong)
                var wrong = 0
                var slowed = try await guessing.get(Self.list)
                while slowed.status == 401 {
                    try Task.checkCancellation()
                    wrong += 1
                    slowed = try await guessing.get(Self.list)
                }
                #expect(wrong >= 10)
                #expect(slowed.status == 429)
                #expect(slowed.code == "too-many-requests")
                let wait = try #require(slowed.field("Retry-After").flatMap { Int($0) })
                #expect((1...60).contains(wait))
                // Nobody who has a right one is kept waiting, and neither is the owner.
                #expect(try await daemon.with(token: token).get(Self.list).status == 200)
                let owner = Daemon(process: daemon.process, door: .socket(rig.socket))
                #expect(try await owner.get(Self.list).status == 200)
            }
        }
    }

    @Test func `a token that may only look changes nothing`() async throws {
        try await ServeRig.run { rig in
            let token = try await rig.token("--scope", "read")
            try await rig.rig.ok("ws", "pause", "work")
            try await rig.serving { owner in
                #expect(try await owner.post(jobsPath, rig.body("/x")).status == 201)
                let daemon = owner.with(token: token)
                #expect(try await daemon.get(jobsPath).numbers == [1])
                for (method, path) in [
                    ("POST", jobsPath), ("POST", jobsPath + "/1/actions/cancel"),
                    ("POST", workspacePath + "/actions/cancel"), ("DELETE", jobsPath + "/1"),
                    ("POST", "/v1/workspaces"), ("DELETE", workspacePath),
                ] {
                    let answer = try await daemon.ask(
                        daemon.request(method, path, body: rig.body("/y"))
                    )
                    #expect(answer.status == 403, "\(method) \(path)")
                    #expect(answer.code == "forbidden")
                }
                #expect(try await rig.rig.states(in: "work") == [1: "ready"])
                let submitting = owner.with(token: try await rig.token("--scope", "submit"))
                let credentials = workspacePath + "/credentials"
                #expect(try await submitting.get(credentials).status == 403)
                #expect(try await submitting.post("/v1/workspaces", "{}").status == 403)
            }
        }
    }

    @Test func `the token of a workspace sees no other one, and not even whether it is there`()
        async throws
    {
        try await ServeRig.run(workspaces: ["work", "other"]) { rig in
            let token = try await rig.token("--scope", "admin", "--workspace", "work")
            for name in ["work", "other"] { try await rig.rig.ok("ws", "pause", name) }
            try await rig.servingPort { port in
                let owner = Daemon(process: port.process, door: .socket(rig.socket))
                let others = "/v1/workspaces/other"
                #expect(try await owner.post(others + "/jobs", rig.body("/x")).status == 201)
                let daemon = port.with(token: token)
                let seen = try await daemon.get(Self.list)
                #expect(seen.list.compactMap { $0["name"] as? String } == ["work"])
                #expect(try await daemon.get(workspacePath).status == 200)
                for path in [
                    "", "/jobs", "/jobs/1", "/queue", "/settings", "/credentials", "/events",
                ] {
                    let hidden = try await daemon.get(others + path)
                    let missing = try await daemon.get("/v1/workspaces/third" + path)
                    #expect(hidden.status == 404 && missing.status == 404, "\(path)")
                    #expect(hidden.code == missing.code)
                    let detail = hidden.object["detail"] as? String
                    let expected = missing.object["detail"] as? String
                    #expect(detail == expected?.replacingOccurrences(of: "third", with: "other"))
                    #expect(hidden.object["hint"] as? String == missing.object["hint"] as? String)
                }
                #expect(try await daemon.post(others + "/jobs", rig.body("/y")).status == 404)
                #expect(try await daemon.get("/v1/budget").status == 403)
                for path in ["/metrics", "/v1/statistics"] {
                    let answer = try await daemon.get(path)
                    #expect(answer.status == 200)
                    #expect(!answer.text.contains("other\""), "\(path)")
                }
                #expect(try await daemon.post("/v1/workspaces", #"{"name": "new"}"#).status == 403)
            }
            #expect(try await rig.rig.states(in: "other") == [1: "ready"])
        }
    }

    @Test func `a token is printed once, and is kept nowhere`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            let outcome = try await rig.rig.adm.output(["token", "create", "--scope", "read"])
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2 && lines[1].isEmpty)
            let token = String(lines[0])
            let secret = String(token.split(separator: "_", maxSplits: 2)[2])
            #expect(!outcome.errorOutput.contains(secret))
            try await rig.servingPort("--log-level", "debug") { port in
                let answer = try await port.with(token: token).get(Self.list)
                #expect(answer.status == 200)
                #expect(!port.process.errorOutput.contains(secret))
            }
            for options in [[], ["--json"]] {
                let listed = try await rig.rig.adm.output(["token", "list"] + options)
                #expect(listed.output.contains(String(token.split(separator: "_")[1])))
                #expect(!listed.output.contains(secret))
            }
            let home = rig.rig.adm.admHome
            let names = try FileManager.default.subpathsOfDirectory(atPath: home)
            #expect(names.contains("run/tokens.json"))
            for name in names {
                let path = URL(fileURLWithPath: "\(home)/\(name)")
                guard let bytes = try? Data(contentsOf: path) else { continue }
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
            }
        }
    }
}
