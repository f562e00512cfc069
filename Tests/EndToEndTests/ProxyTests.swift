import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Downloads through real proxies: tinyproxy for HTTP and CONNECT, microsocks for SOCKS5.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(
        if: LocalService.find("tinyproxy") != nil && LocalService.find("microsocks") != nil,
        "tinyproxy or microsocks is not installed"
    )
)
struct ProxyTests {
    private static let file = TestFile("/a.bin", length: 12 * 1_048_576, seed: 3)

    private func withSOCKS(
        _ options: [String] = [],
        body: (LocalService) async throws -> Void
    ) async throws {
        try await LocalService.run("microsocks") { port in
            ["-i", "127.0.0.1", "-p", "\(port)"] + options
        } body: {
            try await body($0)
        }
    }

    private func expectRight(_ rig: DownloadRig, _ outcome: ChildProcess.Outcome) throws {
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
        #expect(rig.saved() == ["a.bin"])
        #expect(try rig.isRight("a.bin", "/a.bin"))
    }

    /// Waits until tinyproxy has told of a request to the server.
    private func waitForRequest(_ proxy: LocalService, _ rig: DownloadRig) async throws {
        try await proxy.child.waitForOutput(containing: "127.0.0.1:\(rig.server.port)")
    }

    private func cameDirectly(_ rig: DownloadRig) -> Bool {
        let requests = rig.server.requests("/a.bin")
        return !requests.isEmpty && requests.allSatisfy { $0.header("Via") == nil }
    }

    @Test(arguments: ["--proxy", "http_proxy", "all_proxy", "ALL_PROXY", "ADM_PROXY", "profile"])
    func `plain HTTP goes through a proxy, wherever it is named`(place: String) async throws {
        try await LocalService.withTinyproxy { proxy in
            let url = "http://127.0.0.1:\(proxy.port)"
            let isVariable = place.lowercased().hasSuffix("_proxy")
            let variables = isVariable ? [place: url] : [:]
            try await DownloadRig.run([Self.file], environment: variables) { rig in
                if place == "profile" {
                    let set = try await rig.adm.output(["profile", "set", "proxy", url])
                    #expect(set.status == 0, "\(set.errorOutput)")
                }
                let options = place == "--proxy" ? ["--proxy", url] : []
                let line = ["download", "-d", rig.directory] + options
                let outcome = try await rig.adm.output(line + [rig.server.url("/a.bin")])
                try expectRight(rig, outcome)
                try await waitForRequest(proxy, rig)
            }
        }
    }

    @Test func `a proxy without a scheme in a variable is an HTTP proxy`() async throws {
        try await LocalService.withTinyproxy { proxy in
            let variables = ["http_proxy": "127.0.0.1:\(proxy.port)"]
            try await DownloadRig.run([Self.file], environment: variables) { rig in
                try expectRight(rig, try await rig.download("/a.bin"))
                try await waitForRequest(proxy, rig)
            }
        }
    }

    @Test(arguments: ["--proxy", "https_proxy", "HTTPS_PROXY"])
    func `TLS goes through CONNECT, and the certificate is the server's`(
        place: String
    )
        async throws
    {
        let certificates = try TestCertificates.shared()
        try await LocalService.withTinyproxy { proxy in
            let url = "http://127.0.0.1:\(proxy.port)"
            let variables = place == "--proxy" ? [:] : [place: url]
            try await DownloadRig.run(
                [Self.file],
                tls: certificates.good,
                environment: variables
            ) { rig in
                let options = place == "--proxy" ? ["--proxy", url] : []
                let line = ["download", "-d", rig.directory, "--retries", "0"] + options
                let refused = try await rig.adm.output(line + [rig.server.url("/a.bin")])
                #expect(refused.status == 11, "\(refused.errorOutput)")
                #expect(refused.errorOutput.contains("authority"), "\(refused.errorOutput)")
                let trusted = line + ["--ca-file", certificates.authority]
                let outcome = try await rig.adm.output(trusted + [rig.server.url("/a.bin")])
                try expectRight(rig, outcome)
                try await proxy.child.waitForOutput(
                    containing: "CONNECT 127.0.0.1:\(rig.server.port)"
                )
            }
        }
    }

    @Test(arguments: [false, true])
    func `a SOCKS5 proxy passes on plain HTTP and TLS`(isTLS: Bool) async throws {
        let certificates = try TestCertificates.shared()
        try await withSOCKS { proxy in
            try await DownloadRig.run(
                [Self.file],
                tls: isTLS ? certificates.good : nil
            ) { rig in
                let outcome = try await rig.download(
                    "/a.bin",
                    "--proxy",
                    "socks5://127.0.0.1:\(proxy.port)",
                    "--ca-file",
                    certificates.authority
                )
                try expectRight(rig, outcome)
                try await proxy.child.waitForOutput(
                    containing: "connected to 127.0.0.1:\(rig.server.port)"
                )
            }
        }
    }

    @Test(arguments: ["no_proxy", "NO_PROXY", "--no-proxy", "ADM_NO_PROXY"])
    func `excepted hosts are reached directly`(place: String) async throws {
        // Nobody listens at the proxy: a request through it would fail.
        let dead = "http://127.0.0.1:\(try LocalService.freePort())"
        var variables = ["http_proxy": dead]
        if !place.hasPrefix("--") { variables[place] = "example.org,127.0.0.1" }
        try await DownloadRig.run([Self.file], environment: variables) { rig in
            let options = place.hasPrefix("--") ? [place, "127.0.0.1"] : []
            let line = ["download", "-d", rig.directory, "--retries", "0"] + options
            let outcome = try await rig.adm.output(line + [rig.server.url("/a.bin")])
            try expectRight(rig, outcome)
            #expect(cameDirectly(rig))
        }
    }

    @Test func `the variables that do not count are left alone`() async throws {
        let dead = "http://127.0.0.1:\(try LocalService.freePort())"
        // HTTP_PROXY may come from a request to a CGI program (CVE-2016-5388).
        let variables = ["HTTP_PROXY": dead, "https_proxy": dead, "ftp_proxy": dead]
        try await DownloadRig.run([Self.file], environment: variables) { rig in
            try expectRight(rig, try await rig.download("/a.bin", "--retries", "0"))
            #expect(cameDirectly(rig))
        }
    }

    @Test func `the command line beats the variable`() async throws {
        try await LocalService.withTinyproxy { proxy in
            let dead = "http://127.0.0.1:\(try LocalService.freePort())"
            try await DownloadRig.run([Self.file], environment: ["http_proxy": dead]) { rig in
                let url = "http://127.0.0.1:\(proxy.port)"
                try expectRight(rig, try await rig.download("/a.bin", "--proxy", url))
                try await waitForRequest(proxy, rig)
            }
        }
    }

    @Test(arguments: ["http", "socks5"])
    func `a proxy where nobody listens is named`(scheme: String) async throws {
        let port = try LocalService.freePort()
        try await DownloadRig.run([Self.file]) { rig in
            let proxy = "\(scheme)://127.0.0.1:\(port)"
            let outcome = try await rig.download("/a.bin", "--proxy", proxy, "--retries", "0")
            #expect(outcome.status == 11, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("proxy"), "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("\(port)"), "\(outcome.errorOutput)")
            #expect(rig.server.requests().isEmpty)
            #expect(rig.saved().isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func `a proxy that asks for a password is named, and not asked again`(
        isTLS: Bool
    )
        async throws
    {
        let certificates = try TestCertificates.shared()
        try await LocalService.withTinyproxy("BasicAuth alice geheim") { proxy in
            try await DownloadRig.run(
                [Self.file],
                tls: isTLS ? certificates.good : nil
            ) { rig in
                let url = "http://127.0.0.1:\(proxy.port)"
                let outcome = try await rig.download("/a.bin", "--proxy", url)
                #expect(outcome.status == 4, "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains("proxy"), "\(outcome.errorOutput)")
                #expect(!outcome.errorOutput.contains("retry"), "\(outcome.errorOutput)")
                #expect(rig.server.requests().isEmpty)
            }
        }
    }

    @Test func `a proxy that does not connect to the server's port is named`() async throws {
        let certificates = try TestCertificates.shared()
        try await LocalService.withTinyproxy("ConnectPort 443") { proxy in
            try await DownloadRig.run([Self.file], tls: certificates.good) { rig in
                let outcome = try await rig.download(
                    "/a.bin",
                    "--proxy",
                    "http://127.0.0.1:\(proxy.port)",
                    "--retries",
                    "0"
                )
                #expect([4, 11].contains(outcome.status), "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains("proxy"), "\(outcome.errorOutput)")
                #expect(rig.server.requests().isEmpty)
            }
        }
    }

    @Test func `a SOCKS5 proxy that wants a password is named`() async throws {
        try await withSOCKS(["-u", "alice", "-P", "geheim"]) { proxy in
            try await DownloadRig.run([Self.file]) { rig in
                let url = "socks5://127.0.0.1:\(proxy.port)"
                let outcome = try await rig.download("/a.bin", "--proxy", url, "--retries", "0")
                #expect([4, 11].contains(outcome.status), "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains("proxy"), "\(outcome.errorOutput)")
                #expect(rig.server.requests().isEmpty)
            }
        }
    }

    @Test(
        arguments: [
            "ftp://127.0.0.1:1", "http://127.0.0.1", "nonsense", "http://alice:geheim@127.0.0.1:1",
            "http://127.0.0.1:99999", "http://127.0.0.1:1/path",
        ]
    )
    func `a proxy that cannot be used is refused, and a password in it is not shown`(
        proxy: String
    )
        async throws
    {
        try await DownloadRig.run([Self.file]) { rig in
            let outcome = try await rig.download("/a.bin", "--proxy", proxy)
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("proxy"), "\(outcome.errorOutput)")
            #expect(!outcome.errorOutput.contains("geheim"), "\(outcome.errorOutput)")
            #expect(rig.server.requests().isEmpty)
        }
    }
}
