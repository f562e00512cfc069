import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What `--log-level` and `ADM_LOG` write to standard error.
@Suite(.timeLimit(.minutes(2)))
struct LogTests {
    private static let file = TestFile("/a.bin", length: 9_000, seed: 4)

    /// The lines of the log.
    private func lines(_ outcome: ChildProcess.Outcome) -> [Substring] {
        outcome.errorOutput.split(separator: "\n").filter {
            $0.contains("Z debug ") || $0.contains("Z trace ")
        }
    }

    @Test func `nothing is logged unless somebody asks for it`() async throws {
        try await DownloadRig.run([Self.file]) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0)
            #expect(lines(outcome).isEmpty)
        }
    }

    @Test func `a log names the requests, their answers, the connections and the states of a job`()
        async throws
    {
        var away = Behaviour()
        away.redirection = Redirection(.path("/a.bin"), status: 302)
        let files = [Self.file, TestFile("/b.bin", length: 10, seed: 1, away)]
        try await DownloadRig.run(files, environment: ["ADM_LOG": "debug"]) { rig in
            let outcome = try await rig.download("/b.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let log = lines(outcome)
            let here = rig.server.url("/b.bin")
            #expect(log.contains { $0.contains(" request sent ") && $0.contains("url=\(here)") })
            #expect(log.contains { $0.contains(" redirect followed ") && $0.contains("=302 ") })
            #expect(log.contains { $0.contains(" answer received ") && $0.contains("/a.bin") })
            for sentence in [
                "database opened", "slot taken", "job claimed", "connection opened", "job started",
                "job completed", "connection closed",
            ] {
                #expect(log.contains { $0.contains(" debug \(sentence) ") }, "\(sentence)")
            }
            #expect(log.allSatisfy { $0.contains("workspace=default") })
            #expect(!log.contains { $0.contains(" trace ") })
            // The option beats the variable.
            let quiet = try await rig.download("/a.bin", "-O", "c", "--log-level", "off")
            #expect(lines(quiet).isEmpty)
        }
    }

    @Test func `a retry is logged with its reason`() async throws {
        var busy = Behaviour()
        busy.refusals = [Refusal(503, .first(2))]
        let file = TestFile("/busy.bin", length: 10, seed: 1, busy)
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/busy.bin", "--log-level", "debug")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let log = lines(outcome)
            #expect(log.contains { $0.contains(" answer received ") && $0.contains("status=503") })
            #expect(log.contains { $0.contains(" job put off ") && $0.contains("retry=1") })
        }
    }

    @Test(
        arguments: [
            (["--log-level", "loud"], [:]), ([], ["ADM_LOG": "loud"]),
        ] as [([String], [String: String])]
    )
    func `a level that does not exist is a mistake that names the levels`(
        options: [String],
        variables: [String: String]
    ) async throws {
        try await DownloadRig.run(environment: variables) { rig in
            let outcome = try await rig.adm.output(["list"] + options)
            #expect(outcome.status == 2)
            for level in ["off", "trace", "debug", "critical"] {
                #expect(outcome.errorOutput.contains(level), "\(outcome.errorOutput)")
            }
        }
    }

    @Test(.enabled(if: LocalService.find("tinyproxy") != nil, "tinyproxy is not installed"))
    func `A14 no secret is in the log, whatever is logged`() async throws {
        let secrets = [
            "canary-proxy-1", "canary-password-2", "canary-token-3", "canary-signature-4",
            "canary-in-url-5", DownloadRig.basic("bob", "canary-password-2"),
        ]
        let basic = DownloadRig.basic("bob", "canary-password-2")
        let files = [
            DownloadRig.guarded("/basic/a.bin", "Authorization", basic),
            DownloadRig.guarded("/key/a.bin", "X-Api-Key", "canary-token-3"), Self.file,
        ]
        try await LocalService.withTinyproxy("BasicAuth alice canary-proxy-1") { proxy in
            let variables = [
                "http_proxy": "http://alice:canary-proxy-1@127.0.0.1:\(proxy.port)",
                "ADM_LOG": "trace",
            ]
            try await DownloadRig.sealed(files, environment: variables) { rig in
                let login = try await rig.adm.output(
                    ["auth", "login", rig.server.url("/basic"), "--user", "bob"]
                        + ["--password-stdin"],
                    input: .text("canary-password-2")
                )
                #expect(login.status == 0, "\(login.errorOutput)")
                let signed = "?sig=canary-signature-4"
                var said = [
                    login, try await rig.download("/basic/a.bin" + signed, "-O", "basic"),
                    try await rig.download(
                        "/key/a.bin" + signed,
                        "-O",
                        "key",
                        "-H",
                        "X-Api-Key: canary-token-3"
                    ), try await rig.download("/missing.bin" + signed, "--retries", "0"),
                ]
                let inURL = rig.server.url("/a.bin")
                    .replacing("://", with: "://eve:canary-in-url-5@")
                said.append(
                    try await rig.adm.output(["download", "-d", rig.directory, "-O", "u", inURL])
                )
                #expect(said.map(\.status) == [0, 0, 0, 3, 0], "\(said.map(\.errorOutput))")
                let text = said.map(\.errorOutput).joined()
                #expect(text.contains(" request sent ") && text.contains(" slots asked for "))
                #expect(text.contains("proxy=used"))
                for secret in secrets { #expect(!text.contains(secret), "\(secret) in\n\(text)") }
            }
        }
    }
}
