import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Downloads through Squid as Debian ships it: absolute form for http, CONNECT for https.
@Suite(
    .timeLimit(.minutes(3)),
    .enabled(if: LocalService.find("squid") != nil, "squid is not installed")
)
struct SquidTests {
    private static let file = TestFile("/a.bin", length: 12 * 1_048_576, seed: 3)
    private static let reader = "/usr/lib/squid/basic_ncsa_auth"

    /// Runs Squid, with a password if one is given, for as long as `body` runs.
    private func withSquid(
        password: String? = nil,
        body: (LocalService) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            // Squid gives its rights up and reads its files as another user.
            let mode = [FileAttributeKey.posixPermissions: 0o755]
            try FileManager.default.setAttributes(mode, ofItemAtPath: directory)
            let users = directory + "/users"
            try "me:\(Self.hash)\n".write(toFile: users, atomically: true, encoding: .utf8)
            let access =
                password == nil
                ? "http_access allow all"
                : """
                auth_param basic program \(Self.reader) \(users)
                acl known proxy_auth REQUIRED
                http_access allow known
                http_access deny all
                """
            let path = directory + "/squid.conf"
            try await LocalService.run("squid") { port in
                try """
                http_port 127.0.0.1:\(port)
                pid_filename none
                access_log none
                cache_log /dev/null
                cache_mem 8 MB
                cache_store_log none
                cache deny all
                coredump_dir none
                shutdown_lifetime 0 seconds
                visible_hostname adm-test
                \(access)

                """.write(toFile: path, atomically: true, encoding: .utf8)
                return ["-N", "-f", path]
            } body: {
                try await body($0)
            }
        }
    }

    /// What `openssl passwd -1 -salt adm secret` writes.
    private static let hash = "$1$adm$Lctmi41ZsN6rtgcXluEu80"

    private func expectRight(_ rig: DownloadRig, _ outcome: ChildProcess.Outcome) throws {
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
        #expect(rig.saved() == ["a.bin"])
        #expect(try rig.isRight("a.bin", "/a.bin"))
    }

    @Test func `http goes through in absolute form, with ranges and kept connections`() async throws
    {
        try await withSquid { proxy in
            try await DownloadRig.run([Self.file]) { rig in
                let url = "http://127.0.0.1:\(proxy.port)"
                try expectRight(rig, try await rig.download("/a.bin", "--proxy", url))
                let requests = rig.server.requests("/a.bin")
                #expect(requests.allSatisfy { $0.header("Via") != nil })
                #expect(requests.contains { $0.header("Range") != nil })
            }
        }
    }

    @Test func `an interrupted file is resumed through it`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.cut(after: 3 << 20, .first(2))]
        let file = TestFile("/a.bin", length: 12 << 20, seed: 3, behaviour)
        try await withSquid { proxy in
            try await DownloadRig.run([file]) { rig in
                let url = "http://127.0.0.1:\(proxy.port)"
                let outcome = try await rig.download("/a.bin", "--proxy", url, "--retries", "3")
                try expectRight(rig, outcome)
            }
        }
    }

    @Test func `https goes through CONNECT`() async throws {
        let certificates = try TestCertificates.shared()
        try await withSquid { proxy in
            try await DownloadRig.run([Self.file], tls: certificates.good) { rig in
                let options = ["--proxy", "http://127.0.0.1:\(proxy.port)"]
                let line = ["download", "-d", rig.directory, "--ca-file", certificates.authority]
                let outcome = try await rig.adm.output(line + options + [rig.server.url("/a.bin")])
                try expectRight(rig, outcome)
                #expect(rig.server.requests("/a.bin").allSatisfy { $0.header("Via") == nil })
            }
        }
    }

    @Test(arguments: [true, false])
    func `a password opens it, and without one it is named`(isGiven: Bool) async throws {
        try await withSquid(password: "secret") { proxy in
            let login = isGiven ? "me:secret@" : ""
            let variables = ["http_proxy": "http://\(login)127.0.0.1:\(proxy.port)"]
            try await DownloadRig.run([Self.file], environment: variables) { rig in
                let outcome = try await rig.download("/a.bin", "--retries", "2")
                if isGiven {
                    try expectRight(rig, outcome)
                    let fields = rig.server.requests("/a.bin").map {
                        $0.header("Proxy-Authorization")
                    }
                    #expect(fields.allSatisfy { $0 == nil })
                } else {
                    #expect(outcome.status == 4, "\(outcome.errorOutput)")
                    #expect(outcome.errorOutput.contains("proxy"))
                }
            }
        }
    }
}
