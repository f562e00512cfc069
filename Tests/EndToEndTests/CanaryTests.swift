import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Everything is done with secrets that are easy to find, and then they are looked for (A14, A16).
@Suite(.timeLimit(.minutes(3)))
struct CanaryTests {
    private static let canaries = [
        "canary-password-1", "canary-token-2", "canary-key-3", "canary-cookie-4",
        "canary-in-url-5", "canary-wrong-6", "canary-header-7", "canary-signature-8",
        "canary-note-9", "canary-agent-10", "canary-argument-11", "canary-joined-12",
        "canary-query-13",
    ]

    /// What the programs said, and what was seen of them while they ran.
    private actor Seen {
        private(set) var texts: [String] = []
        private(set) var masked = 0

        func mask() { masked += 1 }

        func add(_ texts: [String]) { self.texts += texts }
    }

    /// Runs adm and looks at its command line and environment while it runs.
    private func run(
        _ rig: DownloadRig,
        _ seen: Seen,
        _ arguments: [String],
        secret: String = "",
        mayShowArguments: Bool = false
    ) async throws {
        try await rig.adm.run(arguments, input: .text(secret)) { adm in
            var texts: [String] = []
            // What somebody typed stands there until adm has begun to run.
            let hasPassword = arguments.contains {
                $0.contains("://eve:") || $0.contains("Bearer canary")
            }
            while adm.termination == nil, !mayShowArguments {
                let data = FileManager.default.contents(atPath: "/proc/\(adm.id)/cmdline")
                let line = String(decoding: data ?? Data(), as: UTF8.self)
                    .replacing("sig=canary-signature-8", with: "")
                    .replacing("canary-query-13", with: "")
                let isMasked = line.contains("***")
                if !hasPassword || isMasked {
                    texts.append(line)
                    if isMasked { await seen.mask() }
                    break
                }
            }
            let data = FileManager.default.contents(atPath: "/proc/\(adm.id)/environ")
            texts.append(String(decoding: data ?? Data(), as: UTF8.self))
            let outcome = try await adm.wait()
            await seen.add(texts + [outcome.output, outcome.errorOutput])
        }
    }

    @Test func `no secret is in an output, a file, a process list or at another host`() async throws
    {
        var away = Behaviour()
        away.redirection = Redirection(.path("/elsewhere.bin"), status: 302, host: "localhost")
        let basic = DownloadRig.basic("alice", "canary-password-1")
        let files = [
            DownloadRig.guarded("/basic/a.bin", "Authorization", basic),
            DownloadRig.guarded("/bearer/a.bin", "Authorization", "Bearer canary-token-2"),
            DownloadRig.guarded("/key/a.bin", "X-Api-Key", "canary-key-3"),
            DownloadRig.guarded("/cookie/a.bin", "Cookie", "canary-cookie-4"),
            DownloadRig.guarded("/wrong/a.bin", "Authorization", "nothing"),
            TestFile("/basic/away.bin", length: 10, seed: 1, away),
            TestFile("/elsewhere.bin", length: 900, seed: 1),
            TestFile("/url/a.bin", length: 900, seed: 2),
        ]
        try await DownloadRig.sealed(files) { rig in
            let seen = Seen()
            let server = { (path: String) in rig.server.url(path) }
            let logins: [([String], String)] = [
                (["/basic", "--user", "alice", "--password-stdin"], "canary-password-1"),
                (["/bearer", "--token-stdin"], "canary-token-2"),
                (["/key", "--header-name", "X-Api-Key", "--token-stdin"], "canary-key-3"),
                (["/cookie", "--type", "cookie", "--token-stdin"], "canary-cookie-4"),
                (["/wrong", "--user", "bob", "--password-stdin", "--json"], "canary-wrong-6"),
            ]
            for (options, secret) in logins {
                let arguments = ["auth", "login", server(options[0])] + options.dropFirst()
                try await run(rig, seen, arguments, secret: secret)
            }
            let withPassword = server("/url/a.bin")
                .replacing("://", with: "://eve:canary-in-url-5@")
            let headers = rig.adm.home + "/headers"
            try """
            X-Secret-Token: canary-header-7
            X-Note: canary-note-9
            User-Agent: canary-agent-10
            """.write(
                toFile: headers,
                atomically: true,
                encoding: .utf8
            )
            let paths = ["/basic/a.bin", "/bearer/a.bin", "/key/a.bin", "/cookie/a.bin"]
            for path in paths + ["/wrong/a.bin", "/basic/away.bin"] {
                let url = server(path) + "?sig=canary-signature-8"
                try await run(rig, seen, ["download", "-v", "--progress", "json", url])
            }
            try await run(rig, seen, ["download", withPassword])
            try await run(
                rig,
                seen,
                [
                    "download", "--header", "@" + headers, "--filename", "h",
                    server("/elsewhere.bin"),
                ]
            )
            // What nobody can know to be a secret, it came in a file.
            let other = server("/basic/away.bin")
            try await run(rig, seen, ["download", "-H", "@" + headers, "-O", "i", other])
            try await run(rig, seen, ["download", "--header", "@" + headers, server("/none")])
            try await run(rig, seen, ["add", "--header", "@" + headers, server("/none?x")])
            for (number, header) in [
                ["--header", "Authorization: Bearer canary-argument-11"],
                ["--header=Authorization: Bearer canary-argument-11"],
                ["-HAuthorization: Bearer canary-joined-12"],
            ].enumerated() {
                try await run(
                    rig,
                    seen,
                    ["download", "-O", "j\(number)"] + header + [server("/elsewhere.bin")]
                )
            }
            let query = server("/none") + "?anything=canary-query-13&canary-query-13"
            try await run(rig, seen, ["download", "--json", query])
            try await run(rig, seen, ["download", "--progress", "plain", query])
            try await run(rig, seen, ["list", query])
            let mistyped = [
                withPassword, withPassword.replacing("http://", with: ""),
                withPassword.replacing("canary-in-url-5", with: "a/canary-in-url-5"),
            ]
            for (arguments, url) in [["bogus"], [], ["list"], ["auth", "login"], ["show"]]
                .flatMap({ words in mistyped.map { (words, $0) } })
            {
                try await run(rig, seen, arguments + [url], mayShowArguments: true)
                try await run(rig, seen, arguments + [url, "--json"], mayShowArguments: true)
            }
            try await run(rig, seen, ["download"] + mistyped.dropFirst(), mayShowArguments: true)
            try await run(rig, seen, ["download", "batch", "-"], secret: withPassword + "\n")
            try await run(rig, seen, ["add", withPassword, server("/wrong/a.bin")])
            try await run(rig, seen, ["run", "--until-empty", "--progress", "plain"])
            let readers: [[String]] = [
                ["list", "--all"], ["list", "--all", "--json"], ["history", "--json"],
                ["show", "1", "--json"], ["show", "5"], ["why", "5"], ["events", "--json"],
                ["stats", "--json"], ["auth", "list", "--json"], ["auth", "status", "--json"],
                ["auth", "test", server("/basic/a.bin")], ["auth", "test", server("/wrong/a.bin")],
                ["auth", "token", server("/basic")], ["config", "show", "--origin"],
                ["budget", "--json"], ["auth", "logout", server("/wrong")],
            ]
            for arguments in readers { try await run(rig, seen, arguments) }

            #expect(await seen.masked > 0)
            let output = await seen.texts.joined(separator: "\n").split(separator: "\n")
            // A signature belongs to its URL, which the database needs; it is shown nowhere.
            let kept = Self.canaries.filter {
                $0 != "canary-signature-8" && $0 != "canary-query-13"
            }
            for canary in Self.canaries {
                let lines = output.filter { $0.contains(canary) }
                #expect(lines.isEmpty, "\(canary) was printed")
            }
            try FileManager.default.removeItem(atPath: headers)
            for canary in kept {
                #expect(try Traces.find(canary, below: rig.adm.home) == [], "\(canary) was kept")
            }
            for request in rig.server.requests("/elsewhere.bin") {
                let isOwn = request.header("Host")?.hasPrefix("127.0.0.1") == true
                for header in request.headers where !isOwn {
                    #expect(!header.text.contains("canary"), "\(header.name) went elsewhere")
                }
            }
            // All of them were sent where they belong, or nothing would be proved.
            let sent = rig.server.log.requests.flatMap(\.headers).map(\.text)
            #expect(sent.contains(basic))
            #expect(sent.contains("Bearer canary-token-2"))
            #expect(sent.contains(DownloadRig.basic("eve", "canary-in-url-5")))
            #expect(sent.contains("canary-key-3") && sent.contains("canary-cookie-4"))
            #expect(sent.contains("canary-note-9") && sent.contains("canary-agent-10"))
            #expect(sent.contains("Bearer canary-argument-11"))
            #expect(sent.contains("Bearer canary-joined-12"))
        }
    }
}
