import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Bad input: a clear message, the right exit code, and nothing lost.
@Suite struct BadInputTests {
    @Test(
        arguments: [
            ("no-url", 2, "scheme"), ("http://", 2, "host"),
            ("http://exa mple/x", 2, "neither a name"),
            ("ftp://h/x", 10, "ftp"), ("file:///etc/passwd", 10, "file"),
            ("https://alice@h/x", 2, "no password"),
            ("http://does-not-exist.invalid/x", 11, "does not resolve"),
            ("http://127.0.0.1:9/x", 11, "cannot connect"),
        ] as [(String, Int32, String)]
    )
    func `a URL that cannot be fetched`(url: String, status: Int32, word: String) async throws {
        try await AdmProcess.withHome { adm in
            let outcome = try await adm.output(["download", "--retries", "0", url])
            #expect(outcome.status == status, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains(word), "\(outcome.errorOutput)")
            #expect(!outcome.errorOutput.contains("geheim"))
            #expect(outcome.output.isEmpty)
        }
    }

    @Test(
        arguments: [(404, 3), (410, 3), (401, 4), (403, 4), (429, 5), (503, 5), (400, 11)]
            as [(Int, Int32)]
    )
    func `a status that is no success`(status: Int, exit: Int32) async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(status)]
        try await DownloadRig.run([TestFile("/a.bin", length: 10, behaviour)]) { rig in
            let outcome = try await rig.download("/a.bin", "--retries", "1")
            #expect(outcome.status == exit, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("\(status)"))
            #expect(rig.saved().isEmpty)
            // Whether it refuses the range alone is found out once for each attempt.
            let requests = rig.server.requests("/a.bin")
            let attempts = [429, 503].contains(status) ? 2 : 1
            #expect(requests.count <= 2 * attempts)
            #expect(requests.filter { $0.header("range") != nil }.count == attempts)
        }
    }

    @Test func `T1 certificates that cannot be verified, and the two ways out`() async throws {
        let certificates = try TestCertificates.shared()
        let file = TestFile("/a.bin", length: 1000, seed: 3)
        for (tls, word) in [
            (certificates.good, "authority"), (certificates.wrongName, "host name"),
            (certificates.expired, "expired"),
        ] {
            try await DownloadRig.run([file], tls: tls) { rig in
                let trusted = tls == certificates.good ? [] : ["--ca-file", certificates.authority]
                let line = ["download", "-d", rig.directory, "--retries", "0"]
                let refused = try await rig.adm.output(line + trusted + [rig.server.url("/a.bin")])
                #expect(refused.status == 11, "\(refused.errorOutput)")
                #expect(refused.errorOutput.contains(word), "\(refused.errorOutput)")
                #expect(rig.saved().isEmpty)
                let insecure = try await rig.download("/a.bin", "--insecure")
                #expect(insecure.status == 0, "\(insecure.errorOutput)")
                #expect(insecure.errorOutput.contains("--insecure"))
            }
        }
        try await DownloadRig.run([file], tls: certificates.good) { rig in
            let fine = try await rig.download("/a.bin", "--ca-file", certificates.authority)
            #expect(fine.status == 0, "\(fine.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test(arguments: ["../x", "a/b", ".", "..", "", String(repeating: "x", count: 300)])
    func `P3 a name that cannot be used is refused before anything is fetched`(
        name: String
    )
        async throws
    {
        try await DownloadRig.run([TestFile("/a.bin", length: 10)]) { rig in
            let outcome = try await rig.download("/a.bin", "--filename", name)
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
            #expect(rig.server.requests("/a.bin").isEmpty)
            #expect(rig.saved().isEmpty)
        }
    }

    @Test func `U7 a redirect from https to http is refused`() async throws {
        let certificates = try TestCertificates.shared()
        try await FaultyServer.run(files: [TestFile("/plain.bin", length: 10)]) { plain in
            var behaviour = Behaviour()
            behaviour.redirection = Redirection(.literal(plain.url("/plain.bin")))
            let file = TestFile("/a.bin", length: 10, behaviour)
            try await DownloadRig.run([file], tls: certificates.good) { rig in
                let outcome = try await rig.download("/a.bin", "--ca-file", certificates.authority)
                #expect(outcome.status == 10, "\(outcome.errorOutput)")
                #expect(plain.requests("/plain.bin").isEmpty)
            }
        }
    }

    @Test(arguments: [Redirection.Target.loop, .endless, .missing])
    func `U9 redirects that lead nowhere end with a clear error`(
        target: Redirection.Target
    )
        async throws
    {
        var behaviour = Behaviour()
        behaviour.redirection = Redirection(target)
        try await DownloadRig.run([TestFile("/a.bin", length: 10, behaviour)]) { rig in
            let outcome = try await rig.download("/a.bin", "--retries", "0")
            #expect(outcome.status == 11, "\(outcome.errorOutput)")
            #expect(rig.server.requests("/a.bin").count <= 22)
        }
    }

    @Test func `U6 secrets do not follow a redirect to another origin`() async throws {
        try await FaultyServer.run(files: [TestFile("/b.bin", length: 10, seed: 8)]) { other in
            var behaviour = Behaviour()
            behaviour.redirection = Redirection(.literal(other.url("/b.bin")))
            behaviour.requiredHeader = .init("Authorization", "Bearer canary-secret")
            try await DownloadRig.run([TestFile("/a.bin", length: 10, behaviour)]) { rig in
                let file = rig.adm.home + "/fields"
                try "Authorization: Bearer canary-secret\n"
                    .write(toFile: file, atomically: true, encoding: .utf8)
                let outcome = try await rig.download("/a.bin", "--header", "@\(file)")
                #expect(outcome.status == 0, "\(outcome.errorOutput)")
                let received = other.requests("/b.bin")
                #expect(received.count == 1)
                #expect(received.allSatisfy { $0.header("Authorization") == nil })
                #expect(!outcome.errorOutput.contains("canary"))
                try expectNoCanary(below: rig.adm.admHome)
            }
        }
    }

    private func expectNoCanary(below path: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        #expect(names.contains { $0.hasSuffix("jobs.db") })
        for name in names {
            let data = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
            #expect(data.range(of: Data("canary-secret".utf8)) == nil, "\(name)")
        }
    }

    @Test func `D7 a directory that refuses is named, and the job can be resumed`() async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: 10, seed: 3)]) { rig in
            let path = rig.adm.home + "/occupied"
            try "a file".write(toFile: path, atomically: true, encoding: .utf8)
            let line = ["download", "-d", path, rig.server.url("/a.bin")]
            let outcome = try await rig.adm.output(line)
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains(path))
            try FileManager.default.removeItem(atPath: path)
            let again = try await rig.adm.output(["resume", "1"])
            #expect(again.status == 0, "\(again.errorOutput)")
        }
    }

    @Test func `D12 a home that is missing, relative or a file is named`() async throws {
        try await AdmProcess.withHome { process in
            for (variables, word) in [
                (["ADM_HOME": "relative"], "ADM_HOME"),
                (["HOME": "relative", "ADM_HOME": ""], "HOME"),
                (["ADM_HOME": "/dev/null/x"], "/dev/null"),
            ] {
                var adm = process
                adm.environment = variables
                let outcome = try await adm.output(["list"])
                #expect([2, 9].contains(outcome.status), "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains(word), "\(outcome.errorOutput)")
            }
        }
    }

    @Test(arguments: [("damaged", 14), ("future", 14)] as [(String, Int32)])
    func `CF5 a database that cannot be used is left as it is`(
        kind: String,
        status: Int32
    )
        async throws
    {
        try await DownloadRig.run([TestFile("/a.bin", length: 10)]) { rig in
            #expect(try await rig.download("/a.bin").status == 0)
            let path = rig.adm.admHome + "/workspaces/default/jobs.db"
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            if kind == "damaged" {
                data = Data(repeating: 0x41, count: data.count)
            } else {
                // Bytes 60–63 of the header are user_version (sqlite.org/fileformat.html).
                data.replaceSubrange(60..<64, with: [0, 0, 0x27, 0x0F])
            }
            try data.write(to: URL(fileURLWithPath: path))
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == status, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("jobs.db"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == data)
            let elsewhere = try await rig.adm.output(["ws", "create", "other", "--use"])
            #expect(elsewhere.status == 0)
            #expect(try await rig.download("/a.bin").status == 0)
        }
    }
}
