import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What the daemon refuses although the caller may ask: jobs that reach out of their place, and broken requests.
@Suite(.timeLimit(.minutes(3))) struct ServeSafetyTests {
    @Test(arguments: [
        "../x", "/tmp/x", "~", "~/x", "a/../b", "a/..", ".", "./a", "a/./b", "", "a//b", "a/",
        "linked", "linked/below", "below/linked", "a\u{0}b",
    ])
    func `a directory outside of that of the workspace is refused`(dir: String) async throws {
        try await ServeRig.run { rig in
            let root = rig.saved(in: "work")
            let files = FileManager.default
            try files.createDirectory(atPath: root + "/below", withIntermediateDirectories: true)
            for link in ["/linked", "/below/linked"] {
                try files.createSymbolicLink(atPath: root + link, withDestinationPath: "/tmp")
            }
            try await rig.serving { daemon in
                let answer = try await daemon.post(jobsPath, rig.body("/x", ["dir": dir]))
                #expect((400...403).contains(answer.status), "\(answer.text)")
                #expect(answer.code == "refused")
                #expect(try await daemon.get(jobsPath).numbers == [])
            }
        }
    }

    @Test func `a directory below that of the workspace is taken`() async throws {
        let file = TestFile("/x", length: 1000, seed: 1)
        try await ServeRig.run([file]) { rig in
            try await rig.serving { daemon in
                let answer = try await daemon.post(jobsPath, rig.body("/x", ["dir": "a/b c"]))
                #expect(answer.status == 201, "\(answer.text)")
                try await rig.rig.ok("queue", "wait", "-w", "work", "1")
                #expect(try file.body.matches(file: rig.saved(in: "work") + "/a/b c/x"))
            }
        }
    }

    @Test(arguments: [
        (#""hash": "/etc/hostname""#, "refused"),
        (#""hash": "list.sha256""#, "refused"),
        (#""hash": "~/list.sha256""#, "refused"),
        (#""hash": "file:///etc/hostname""#, "refused"),
        (#""hash": "sha256:/etc/hostname""#, "refused"),
        (#""hash": "http://me:pw@h/list""#, "refused"),
        (#""mirrors": ["http://me:pw@h/a"]"#, "refused"),
        (#""mirrors": ["file:///etc/hostname"]"#, "refused"),
        (#""settings": {"proxy": "http://evil.example:80"}"#, "usage"),
        (#""settings": {"ca-file": "/tmp/ca.pem"}"#, "usage"),
        (#""settings": {"insecure": "true"}"#, "usage"),
        (#""settings": {"directory": "/tmp"}"#, "usage"),
        (#""headers": ["Authorization: Basic eDp5"]"#, "authentication"),
        (#""headers": ["Cookie: a=b"]"#, "authentication"),
        (#""headers": ["X-A: a\r\nHost: b"]"#, "usage"),
        (#""filename": "../x""#, "usage"),
        (#""filename": "/tmp/x""#, "usage"),
        (#""output": "x""#, "usage"),
    ])
    func `a job that reaches for what is not its own is refused`(
        member: String,
        code: String
    ) async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let body = #"{"url": "\#(rig.rig.server.url("/x"))", \#(member)}"#
                let answer = try await daemon.post(jobsPath, body)
                #expect((400...422).contains(answer.status), "\(answer.text)")
                #expect(answer.code == code, "\(answer.text)")
                #expect(!answer.text.contains("me:pw") && !answer.text.contains("eDp5"))
                #expect(try await daemon.get(jobsPath).numbers == [])
            }
        }
    }

    @Test(arguments: [
        "http://me:pw@127.0.0.1/x", "http://me@127.0.0.1/x", "file:///etc/hostname",
        "ftp://127.0.0.1/x", "/etc/hostname", "127.0.0.1/x", "",
    ])
    func `a URL with a login, or one that is not for the web, is refused`(
        url: String
    )
        async throws
    {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let answer = try await daemon.post(jobsPath, #"{"url": "\#(url)"}"#)
                #expect((400...403).contains(answer.status), "\(answer.text)")
                #expect(!answer.text.contains("me:pw"))
                #expect(try await daemon.get(jobsPath).numbers == [])
            }
        }
    }

    @Test(arguments: ["", "null", "[]", "{}", "{\"url\": 1}", "{\"url\"", "\u{1}", "\"x\""])
    func `a body that is no job is refused`(body: String) async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let answer = try await daemon.post(jobsPath, body)
                #expect(answer.status == 400)
                #expect(answer.code == "usage")
            }
        }
    }

    @Test(arguments: [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
        "application/jsonx", "text/json; application/json",
    ])
    func `a body that does not call itself JSON is refused`(type: String) async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let body = try rig.body("/x")
                let answer = try await daemon.post(jobsPath, body, ["Content-Type": type])
                #expect(answer.status == 415)
                #expect(answer.code == "unsupported-media-type")
                let none = "POST \(jobsPath) HTTP/1.1\r\nHost: adm\r\nConnection: close\r\n"
                let bytes = Data("\(none)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
                #expect(try await daemon.ask(bytes).status == 415)
                #expect(try await daemon.get(jobsPath).numbers == [])
            }
        }
    }

    @Test func `a body that is too long is refused, whether it says how long it is or not`()
        async throws
    {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let padding = String(repeating: " ", count: 3 * 1_048_576)
                let told = try await daemon.post(jobsPath, padding)
                #expect(told.status == 413)
                #expect(told.code == "too-large")
                let head = daemon.request(
                    "POST",
                    jobsPath,
                    ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
                )
                let chunk = "\(String(padding.utf8.count, radix: 16))\r\n\(padding)\r\n0\r\n\r\n"
                let chunked = try await daemon.ask(head + Data(chunk.utf8))
                #expect(chunked.status == 413)
                #expect(try await daemon.get("/healthz").status == 200)
            }
        }
    }

    @Test func `a head that is too long is refused`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            try await rig.serving { daemon in
                let many = (0..<45).map { ("X-\($0)", String(repeating: "a", count: 900)) }
                let short = (0..<150).map { ("X-\($0)", "a") }
                for fields in [
                    Dictionary(uniqueKeysWithValues: many),
                    Dictionary(uniqueKeysWithValues: short),
                    ["X-Long": String(repeating: "a", count: 40_000)],
                ] {
                    let answer = try await daemon.get("/healthz", fields)
                    #expect([400, 431].contains(answer.status))
                }
                let query = String(repeating: "a", count: 40_000)
                #expect([400, 414, 431].contains(try await daemon.get("/healthz?" + query).status))
                #expect(try await daemon.get("/healthz").status == 200)
            }
        }
    }

    @Test(arguments: [
        "X-A: a\rb", "X-A: a\u{0}b", "X-A: a\r\n b", "X-A : a", ": a", "X A: a",
        "Content-Length: 1\r\nContent-Length: 2", "Content-Length: -1", "Content-Length: x",
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Type: application/json\r\nTransfer-Encoding: nonsense",
    ])
    func `a head with which two readers may see two requests is refused`(
        field: String
    )
        async throws
    {
        try await ServeRig.run(workspaces: []) { rig in
            try await rig.serving { daemon in
                let head = "POST /v1/workspaces HTTP/1.1\r\nHost: adm\r\n\(field)\r\n\r\n"
                let connection = try daemon.connect(sending: Data(head.utf8))
                #expect(try await connection.answer().status == 400)
                try await connection.waitForEnd()
                #expect(try await daemon.get("/healthz").status == 200)
            }
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\rHost: adm\r\r", "GET / HTTP/3.0", "\u{16}\u{3}\u{1}", "hello",
    ])
    func `what is no HTTP is refused`(text: String) async throws {
        try await ServeRig.run(workspaces: []) { rig in
            try await rig.serving { daemon in
                let connection = try daemon.connect(sending: Data((text + "\r\n\r\n").utf8))
                #expect(try await connection.answer().status == 400)
                try await connection.waitForEnd()
            }
        }
    }

    @Test func `callers who never finish their requests are in nobody's way`() async throws {
        try await ServeRig.run { rig in
            try await rig.serving { daemon in
                let half = daemon.request("POST", jobsPath, ["Content-Length": "100"])
                let silent = try (0..<300).map { number in
                    let connection = try DaemonConnection(to: daemon.door)
                    connection.write(half.prefix(number % half.count))
                    return connection
                }
                for _ in 0..<20 {
                    #expect(try await daemon.get("/v1/workspaces").status == 200)
                }
                for connection in silent { connection.end() }
            }
        }
    }

    @Test func `a socket that a killed daemon left is replaced`() async throws {
        try await ServeRig.run(workspaces: []) { rig in
            try await rig.serving { daemon in
                daemon.process.kill()
                _ = try await daemon.process.wait()
            }
            #expect(FileManager.default.fileExists(atPath: rig.socket))
            try await rig.serving { daemon in
                let answer = try await daemon.get("/healthz")
                #expect(answer.status == 200)
            }
            #expect(FileManager.default.fileExists(atPath: rig.socket), "this one was killed, too")
        }
    }

    @Test func `what is no socket is not replaced, and neither is one that is served`()
        async throws
    {
        try await ServeRig.run(workspaces: []) { rig in
            let path = rig.rig.adm.home + "/taken"
            let text = Data("mine".utf8)
            try text.write(to: URL(fileURLWithPath: path))
            let outcome = try await rig.rig.adm.output(["serve", "--listen", "unix:" + path])
            #expect(outcome.status == 8)
            #expect(outcome.errorOutput.contains(path))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
            try await rig.serving { daemon in
                // Another home, which wants the same socket.
                var other = rig.rig.adm
                other.environment["ADM_HOME"] = rig.rig.adm.home + "/other"
                let second = try await other.output(["serve", "--listen", "unix:" + rig.socket])
                #expect(second.status == 8)
                #expect(try await daemon.get("/healthz").status == 200)
            }
        }
    }

    @Test func `a problem says its kind, its request, and nothing of where the home is`()
        async throws
    {
        try await ServeRig.run { rig in
            let home = rig.rig.adm.admHome
            let profile = HomeLayout(root: home).workspaces + "/work/profile.toml"
            try await rig.serving { daemon in
                let body = Data("retries = [".utf8)
                try body.write(to: URL(fileURLWithPath: profile))
                for answer in [
                    try await daemon.get(workspacePath + "/settings"),
                    try await daemon.get(jobsPath + "?limit=0"),
                    try await daemon.get("/v1/workspaces/nobody"),
                    try await daemon.get("/v1/nothing"),
                    try await daemon.post(jobsPath, "{}"),
                ] {
                    #expect(answer.status >= 400)
                    #expect(answer.field("Content-Type") == "application/problem+json")
                    let code = try #require(answer.code)
                    #expect(answer.object["type"] as? String == "urn:adm:problem:\(code)")
                    let instance = try #require(answer.object["instance"] as? String)
                    #expect(answer.field("X-Request-Id").map { instance.hasSuffix($0) } == true)
                    #expect(!answer.text.contains(rig.rig.adm.home), "\(answer.text)")
                    #expect(answer.field("Cache-Control") == "no-store")
                    #expect(answer.field("X-Content-Type-Options") == "nosniff")
                    #expect(answer.field("Server") == nil)
                }
            }
        }
    }
}
