import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Passwords for proxies: they go to the proxy and to nobody else.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(if: LocalService.find("tinyproxy") != nil, "tinyproxy is not installed")
)
struct ProxyLoginTests {
    private static let file = TestFile("/a.bin", length: 3_000_000, seed: 3)

    private func expectOnlyProxy(_ rig: DownloadRig) {
        for request in rig.server.log.requests {
            #expect(request.header("Proxy-Authorization") == nil)
            #expect(request.header("Authorization") == nil)
        }
    }

    @Test func `a stored password opens the proxy, and the server never sees it`() async throws {
        try await LocalService.withTinyproxy("BasicAuth alice pw") { proxy in
            let url = "http://127.0.0.1:\(proxy.port)"
            try await DownloadRig.sealed([Self.file]) { rig in
                let before = try await rig.download("/a.bin", "--proxy", url, "--retries", "0")
                #expect(before.status == 4)
                #expect(before.errorOutput.contains("adm auth login --type proxy"))
                #expect(rig.server.log.requests.isEmpty)
                let login = try await rig.adm.output(
                    ["auth", "login", url, "--type", "proxy", "--user", "alice"]
                        + ["--password-stdin"],
                    input: .text("pw")
                )
                #expect(login.status == 0, "\(login.errorOutput)")
                let outcome = try await rig.download("/a.bin", "--proxy", url)
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                #expect(try rig.isRight("a.bin", "/a.bin"))
                expectOnlyProxy(rig)
                // Without the proxy nothing of it is sent either.
                #expect(try await rig.download("/a.bin", "--filename", "b").status == 0)
                expectOnlyProxy(rig)
            }
        }
    }

    @Test func `a password in the variable of other programs is used and kept nowhere`()
        async throws
    {
        try await LocalService.withTinyproxy("BasicAuth alice canary77") { proxy in
            let variables = ["http_proxy": "http://alice:canary77@127.0.0.1:\(proxy.port)"]
            try await DownloadRig.run([Self.file], environment: variables) { rig in
                let outcome = try await rig.download("/a.bin")
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                expectOnlyProxy(rig)
                #expect(!outcome.errorOutput.contains("canary77"))
                #expect(try Traces.find("canary77", below: rig.adm.home).isEmpty)
                let shown = try await rig.ok("config", "show")
                #expect(!shown.contains("canary77"))
            }
        }
    }
}
