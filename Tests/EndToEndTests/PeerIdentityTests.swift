import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Whom a certificate is for (RFC 9525 §6), directly and through proxies, beside curl.
@Suite(.timeLimit(.minutes(4))) struct PeerIdentityTests {
    private static let file = TestFile("/a.bin", length: 1_000, seed: 3)

    /// A certificate and the hosts that it is for, among those that are tried.
    private struct Case {
        let name: String
        let alternatives: String?
        var isExpired = false
        let hosts: Set<String>
    }

    private static let cases = [
        Case(
            name: "right-names",
            alternatives: "DNS:localhost,DNS:bank.example,IP:192.0.2.5,IP:127.0.0.1",
            hosts: ["localhost", "bank.example", "192.0.2.5", "127.0.0.1"]
        ),
        Case(name: "socket-address", alternatives: "IP:127.0.0.1", hosts: ["127.0.0.1"]),
        Case(name: "other-address", alternatives: "IP:192.0.2.5", hosts: ["192.0.2.5"]),
        Case(name: "wrong-names", alternatives: "DNS:wrong.example", hosts: []),
        Case(
            name: "wildcards",
            alternatives: "DNS:*.bank.example,DNS:*.example,DNS:*",
            hosts: ["www.bank.example"]
        ),
        Case(name: "addresses-as-names", alternatives: "DNS:127.0.0.1,DNS:192.0.2.5", hosts: []),
        Case(
            name: "expired-names",
            alternatives: "DNS:localhost,DNS:bank.example,IP:127.0.0.1",
            isExpired: true,
            hosts: []
        ),
        // A common name counts for nothing, although curl still takes it if there is nothing else.
        Case(name: "bank.example", alternatives: nil, hosts: []),
    ]

    @Test(arguments: cases.indices)
    func `T2 only a certificate for the host of the URL is trusted`(index: Int) async throws {
        let item = Self.cases[index]
        let certificates = try TestCertificates.shared()
        let tls = try certificates.certificate(
            item.name,
            for: item.alternatives,
            isExpired: item.isExpired
        )
        try await DownloadRig.run([Self.file], tls: tls) { rig in
            for host in ["localhost", "127.0.0.1"] {
                let url = "https://\(host):\(rig.server.port)/a.bin"
                try await expect(item, host, url, proxy: nil, rig, certificates)
            }
            try await LocalService.withMappingProxy(to: rig.server.port) { service in
                for scheme in ["http", "socks5"] {
                    let proxy = "\(scheme)://127.0.0.1:\(service.port)"
                    for host in ["bank.example", "www.bank.example", "192.0.2.5", "127.0.0.1"] {
                        let url = "https://\(host)/a.bin"
                        try await expect(item, host, url, proxy: proxy, rig, certificates)
                    }
                }
            }
        }
    }

    private func expect(
        _ item: Case,
        _ host: String,
        _ url: String,
        proxy: String?,
        _ rig: DownloadRig,
        _ certificates: TestCertificates
    ) async throws {
        let isRight = item.hosts.contains(host)
        let before = rig.server.requests("/a.bin").count
        let way = ["--ca-file", certificates.authority] + (proxy.map { ["--proxy", $0] } ?? [])
        let line = ["download", "-d", rig.directory, "--retries", "0"] + way + [url]
        let outcome = try await rig.adm.output(line)
        let shown = "\(item.name) \(host) \(proxy ?? "direct"): \(outcome.errorOutput)"
        #expect(outcome.status == (isRight ? 0 : 11), "\(shown)")
        if !isRight {
            // Nobody was told anything.
            #expect(rig.server.requests("/a.bin").count == before, "\(shown)")
        }
        guard item.alternatives != nil else { return }
        let curl = ChildProcess.Command(
            "/usr/bin/env",
            ["curl", "-sS", "-o", "/dev/null", "--cacert", certificates.authority]
                + (proxy.map { ["-x", $0.replacing("socks5:", with: "socks5h:")] } ?? []) + [url],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        let other = try await ChildProcess.output(curl)
        #expect((other.status == 0) == isRight, "curl, \(shown) \(other.errorOutput)")
    }

    @Test func `T2 a credential is not sent to somebody with a certificate for the address`()
        async throws
    {
        let certificates = try TestCertificates.shared()
        let tls = try certificates.certificate("address-only", for: "IP:127.0.0.1")
        let environment = [
            "ADM_CREDENTIAL_STORE": "environment", "ADM_CREDENTIAL_BANK_EXAMPLE": "bearer S3CRET",
        ]
        try await DownloadRig.run([Self.file], tls: tls, environment: environment) { rig in
            try await LocalService.withMappingProxy(to: rig.server.port) { service in
                let proxy = "http://127.0.0.1:\(service.port)"
                for mirror in [[], ["--mirror", "https://bank.example/b.bin"]] {
                    let line = [
                        "download", "-d", rig.directory, "--retries", "0", "--proxy", proxy,
                    ]
                    let trust = ["--ca-file", certificates.authority]
                    let url = ["https://bank.example/a.bin"]
                    let outcome = try await rig.adm.output(line + trust + mirror + url)
                    #expect(outcome.status == 11, "\(outcome.errorOutput)")
                }
                let list = ["--hash", "https://bank.example/SUMS"]
                let outcome = try await rig.adm.output(
                    ["download", "-d", rig.directory, "--retries", "0", "--proxy", proxy]
                        + ["--ca-file", certificates.authority] + list
                        + ["https://127.0.0.1:\(rig.server.port)/a.bin"]
                )
                #expect(outcome.status == 11, "\(outcome.errorOutput)")
            }
            for path in ["/a.bin", "/b.bin", "/SUMS"] {
                #expect(rig.server.requests(path).allSatisfy { $0.header("Authorization") == nil })
            }
        }
    }
}
