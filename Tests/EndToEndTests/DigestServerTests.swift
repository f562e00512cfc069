import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Digest authentication against lighttpd, which counts nonces strictly.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(if: LocalService.find("lighttpd") != nil, "lighttpd is not installed")
)
struct DigestServerTests {
    private static let file = TestFile("/private/a.bin", length: 24 * 1_048_576, seed: 8)

    private func serving(
        algorithm: String,
        _ digest: String,
        body: (LocalService) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { root in
            let folder = root + "/www/private"
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            try Self.file.body.write(to: folder + "/a.bin")
            try "alice:adm:\(digest)\n".write(
                toFile: root + "/users",
                atomically: true,
                encoding: .utf8
            )
            try await LocalService.run("lighttpd") { port in
                try """
                server.document-root = "\(root)/www"
                server.bind = "127.0.0.1"
                server.port = \(port)
                server.modules = ("mod_auth", "mod_authn_file")
                auth.backend = "htdigest"
                auth.backend.htdigest.userfile = "\(root)/users"
                auth.require = ("/private" => (
                    "method" => "digest", "realm" => "adm", "require" => "valid-user",
                    "algorithm" => "\(algorithm)"))

                """.write(toFile: root + "/lighttpd.conf", atomically: true, encoding: .utf8)
                return ["-D", "-f", root + "/lighttpd.conf"]
            } body: {
                try await body($0)
            }
        }
    }

    // The digests of `alice:adm:pass word`, as htdigest(1) writes them.
    @Test(arguments: [
        ("MD5", "0ad52779058f6c60130f4e629fd78ccf"),
        ("SHA-256", "55a8ee3d8fe2036f0ae53051df1e627f52ab08d1921fcdfed4a49b8b347de72e"),
    ])
    func `a password is proved to a server that asks for Digest, on several connections`(
        algorithm: String,
        digest: String
    ) async throws {
        try await serving(algorithm: algorithm, digest) { server in
            try await DownloadRig.sealed { rig in
                let url = "http://127.0.0.1:\(server.port)/private/a.bin"
                let download = [
                    "download", "-d", rig.directory, "--max-connections", "4",
                    "--min-segment-size", "1MiB", url,
                ]
                #expect(try await rig.adm.output(download).status == 4)
                for kind in ["digest", "basic"] {
                    let login = try await rig.adm.output(
                        ["auth", "login", url, "--type", kind, "--user", "alice"]
                            + ["--password-stdin"],
                        input: .text("pass word")
                    )
                    #expect(login.status == 0, "\(login.errorOutput)")
                    let outcome = try await rig.adm.output(download)
                    #expect(outcome.status == 0, "\(outcome.errorOutput)")
                }
                #expect(try Self.file.body.matches(file: rig.directory + "/a.bin"))
                let wrong = try await rig.adm.output(
                    ["auth", "login", url, "--type", "digest", "--user", "alice"]
                        + ["--password-stdin"],
                    input: .text("other")
                )
                #expect(wrong.status == 0)
                let refused = try await rig.adm.output(download)
                #expect(refused.status == 4)
                #expect(refused.errorOutput.contains("refuses the credential"))
            }
        }
    }
}
