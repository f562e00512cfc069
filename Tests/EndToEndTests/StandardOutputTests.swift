import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `-O -`: files that go to standard output.
@Suite(.timeLimit(.minutes(2))) struct StandardOutputTests {
    private static func file(_ path: String, _ seed: UInt64, length: Int64 = 300_000) -> TestFile {
        TestFile(path, length: length, seed: seed)
    }

    /// The bytes of a file of the server.
    private func bytes(_ rig: DownloadRig, _ path: String) throws -> Data {
        let body = try #require(rig.server.file(path)).body
        var bytes = [UInt8](repeating: 0, count: Int(body.length))
        body.fill(&bytes, from: 0)
        return Data(bytes)
    }

    /// Sees that nothing is left of it: no file, no job.
    private func expectNothingLeft(_ rig: DownloadRig) async throws {
        #expect(rig.saved().isEmpty)
        let passing = rig.adm.admHome + "/workspaces/default/passing"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: passing)) ?? []
        #expect(names.filter { $0 != ".adm-part" }.isEmpty, "\(names)")
        #expect(try await rig.adm.output(["history"]).output.isEmpty)
        #expect(try await rig.adm.output(["list"]).output.isEmpty)
    }

    @Test(arguments: [["-O", "-"], ["-O-"], ["-o", "-"], ["--filename=-"], ["-qO-"], ["--out=-"]])
    func `a file goes to standard output and is not kept`(_ options: [String]) async throws {
        try await DownloadRig.run([Self.file("/a.bin", 1)]) { rig in
            let outcome = try await rig.adm.output(
                ["download", "-d", rig.directory] + options + [rig.server.url("/a.bin")]
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.outputBytes == (try bytes(rig, "/a.bin")))
            try await expectNothingLeft(rig)
        }
    }

    @Test func `what was verified is said, and nothing wrong is written`() async throws {
        try await DownloadRig.run([Self.file("/a.bin", 1)]) { rig in
            let digest = try await #require(rig.server.file("/a.bin")).body.sha256()
            let good = try await rig.download("/a.bin", "-O", "-", "--hash", "sha256:\(digest)")
            #expect(good.status == 0, "\(good.errorOutput)")
            #expect(good.outputBytes == (try bytes(rig, "/a.bin")))
            #expect(good.errorOutput.contains("sha256 verified (given by you)"))
            let without = try await rig.download("/a.bin", "-O", "-")
            #expect(without.errorOutput.contains("not verified: no digest was given"))
            let wrong = "sha256:" + String(repeating: "0", count: 64)
            let bad = try await rig.download("/a.bin", "-O", "-", "--hash", wrong)
            #expect(bad.status == 6, "\(bad.errorOutput)")
            #expect(bad.outputBytes.isEmpty)
        }
    }

    @Test func `several files follow each other, and one that fails keeps all back`() async throws {
        let files = [
            Self.file("/x/a.bin", 1), Self.file("/y/a.bin", 2), Self.file("/c.bin", 3, length: 0),
        ]
        try await DownloadRig.run(files) { rig in
            let urls = ["/x/a.bin", "/c.bin", "/y/a.bin", "/x/a.bin"].map { rig.server.url($0) }
            let outcome = try await rig.adm.output(["download", "-O", "-"] + urls)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let first = try bytes(rig, "/x/a.bin")
            let second = try bytes(rig, "/y/a.bin")
            #expect(outcome.outputBytes == first + second + first)
            try await expectNothingLeft(rig)
            let missing = try await rig.adm.output(
                ["download", "-O", "-", urls[0], rig.server.url("/missing.bin")]
            )
            #expect(missing.status == 7, "\(missing.errorOutput)")
            #expect(missing.outputBytes.isEmpty)
        }
    }

    @Test func `a reader that has seen enough is success`() async throws {
        try await DownloadRig.run([Self.file("/a.bin", 1, length: 4_000_000)]) { rig in
            let adm = try AdmProcess.executable()
            let line =
                "\(adm) download -q -O - \(rig.server.url("/a.bin")) | head -c 10 | wc -c;"
                + " echo \"${PIPESTATUS[0]}\""
            let shell = ChildProcess.Command(
                "/usr/bin/env",
                ["bash", "-c", line],
                environment: rig.adm.variables,
                directory: rig.adm.home
            )
            let outcome = try await ChildProcess.output(shell)
            #expect(outcome.output.split(whereSeparator: \.isWhitespace) == ["10", "0"])
            #expect(outcome.errorOutput.isEmpty, "\(outcome.errorOutput)")
            try await expectNothingLeft(rig)
        }
    }

    @Test func `while nobody reads, SIGTERM ends it`() async throws {
        try await DownloadRig.run([Self.file("/a.bin", 1, length: 4_000_000)]) { rig in
            // A reader that never reads: the pipe fills and stays full.
            let adm = try AdmProcess.executable()
            let line =
                "exec 3> >(exec sleep 600 >/dev/null 2>&1); sleeper=$!; \(adm) download -O - \(rig.server.url("/a.bin"))"
                + " >&3 & adm=$!; read -r; kill -TERM $adm; wait $adm; s=$?; kill $sleeper; echo \"status $s\""
            let shell = ChildProcess.Command(
                "/usr/bin/env",
                ["bash", "-c", line],
                environment: rig.adm.variables,
                directory: rig.adm.home,
                input: .open
            )
            try await ChildProcess.run(shell) { child in
                // Then the file and the job are gone already, and only the copying is left.
                try await rig.server.waitUntil { log in !log.requests.isEmpty }
                try await rig.waitForStates { $0.isEmpty }
                try child.write("\n")
                try await child.waitForOutput(containing: "status 143")
            }
        }
    }

    @Test(arguments: [["--json"], ["--print-path"], ["--progress", "json"]])
    func `nothing else may want standard output`(_ options: [String]) async throws {
        try await DownloadRig.run([Self.file("/a.bin", 1)]) { rig in
            let outcome = try await rig.adm.output(
                ["download", "-O", "-"] + options + [rig.server.url("/a.bin")]
            )
            #expect(outcome.status == 2, "\(outcome.errorOutput)")
            #expect(rig.server.requests("/a.bin").isEmpty)
        }
    }

    @Test func `progress lines of a variable stay away from standard output`() async throws {
        try await DownloadRig.run(
            [Self.file("/a.bin", 1)],
            environment: ["ADM_PROGRESS": "json"]
        ) { rig in
            let outcome = try await rig.download("/a.bin", "-O", "-")
            #expect(outcome.outputBytes == (try bytes(rig, "/a.bin")))
        }
    }

    @Test func `a hyphen is never the name of a file`() async throws {
        try await DownloadRig.run([Self.file("/a.bin", 1)]) { rig in
            let url = rig.server.url("/a.bin")
            let added = try await rig.adm.output(["add", "-O", "-", url])
            #expect(added.status == 2, "\(added.errorOutput)")
            let line = try await rig.adm.output(
                ["download", "-", "-d", rig.directory],
                input: .text("\(url)\tfilename=-\n")
            )
            #expect(line.status == 2, "\(line.errorOutput)")
            let list = try await rig.adm.output(
                ["download", "-O", "-", "-i", "-"],
                input: .text(url)
            )
            #expect(list.status == 2, "\(list.errorOutput)")
            #expect(rig.saved().isEmpty)
        }
    }
}
