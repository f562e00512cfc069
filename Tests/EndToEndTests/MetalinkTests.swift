import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Files that a Metalink describes: their servers, their digests, and their pieces.
@Suite(.timeLimit(.minutes(3))) struct MetalinkTests {
    private static let length: Int64 = 8 * 1_048_576
    private static let piece: Int64 = 262_144

    private func file(_ path: String, corrupt: Int64? = nil, seed: UInt64 = 1) -> TestFile {
        var behaviour = Behaviour()
        behaviour.corruptByte = corrupt
        return TestFile(path, length: Self.length, seed: seed, behaviour)
    }

    /// The digests of the pieces as the usual tools compute them.
    private func pieces(of file: TestFile) async throws -> String {
        try await withTemporaryDirectory { directory in
            try file.body.write(to: directory + "/body")
            let outcome = try await ChildProcess.output(
                ChildProcess.Command(
                    "/usr/bin/env",
                    ["split", "-b", "\(Self.piece)", "--filter=sha1sum", directory + "/body"]
                )
            )
            let hashes = outcome.output.split(separator: "\n").compactMap {
                $0.split(separator: " ").first
            }
            return "<pieces length=\"\(Self.piece)\" type=\"sha-1\">"
                + hashes.map { "<hash>\($0)</hash>" }.joined() + "</pieces>"
        }
    }

    private func metalink(
        _ rig: DownloadRig,
        _ parts: String,
        at paths: [String],
        name: String = "big.iso"
    ) throws -> String {
        let urls = paths.enumerated().map { index, path in
            "<url priority=\"\(index + 1)\">\(rig.server.url(path))</url>"
        }
        let path = rig.adm.home + "/\(name).meta4"
        let text = """
            <metalink xmlns="urn:ietf:params:xml:ns:metalink">
            <file name="\(name)">\(parts)\(urls.joined())</file></metalink>
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func fetch(
        _ rig: DownloadRig,
        _ metalink: String,
        _ more: String...
    ) async throws
        -> ChildProcess.Outcome
    {
        try await rig.adm.output(["download", "-d", rig.directory, "--metalink", metalink] + more)
    }

    @Test func `a file comes under its name from the servers that have it`() async throws {
        let files = [file("/a.bin"), file("/b.bin")]
        try await DownloadRig.run(files) { rig in
            let hash = "<hash type=\"sha-256\">\(try await files[0].body.sha256())</hash>"
            let document = try metalink(
                rig,
                "<size>\(Self.length)</size>" + hash,
                at: ["/gone.bin", "/a.bin", "/b.bin"]
            )
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("sha256 verified"))
            #expect(try rig.isRight("big.iso", "/a.bin"))
            #expect(rig.saved() == ["big.iso"])
        }
    }

    @Test func `what is relative in a Metalink is seen from where redirects led`() async throws {
        let files = [file("/v2/iso/a.bin")]
        try await DownloadRig.run(files) { rig in
            let hash = try await files[0].body.sha256()
            let text = """
                <metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="big.iso">
                <hash type="sha-512">ab</hash><hash type="sha-256">\(hash)</hash>
                <url>iso/a.bin</url></file></metalink>
                """
            var document = Behaviour()
            document.refusals = [Refusal(200, .always, body: text)]
            rig.server.serve(TestFile("/v2/big.meta4", length: 0, document))
            var latest = Behaviour()
            latest.redirection = Redirection(.path("/v2/big.meta4"))
            rig.server.serve(TestFile("/latest.meta4", length: 0, latest))
            let outcome = try await fetch(rig, rig.server.url("/latest.meta4"))
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("sha256 verified"))
            #expect(try rig.isRight("big.iso", "/v2/iso/a.bin"))
        }
    }

    @Test func `only the wrong piece is fetched again, from another server`() async throws {
        let files = [file("/bad.bin", corrupt: 3_000_000), file("/good.bin")]
        let environment = ["ADM_MAX_CONNECTIONS": "1"]
        try await DownloadRig.run(files, environment: environment) { rig in
            let hash = "<hash type=\"sha-256\">\(try await files[1].body.sha256())</hash>"
            let pieces = try await pieces(of: files[1])
            let document = try metalink(rig, hash + pieces, at: ["/bad.bin", "/good.bin"])
            let outcome = try await fetch(rig, document, "--progress", "plain")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("1 piece is wrong; fetching 256 KiB again"))
            #expect(try rig.isRight("big.iso", "/good.bin"))
            // Once from the first server again, then from the other: what is right came once.
            let again = rig.server.requests("/bad.bin").count
            #expect(again == 2)
            #expect(rig.server.bytesServed(path: "/good.bin") == Self.piece)
            #expect(rig.server.bytesServed(path: "/bad.bin") == Self.length + Self.piece)
        }
    }

    @Test func `pieces alone prove a file, and bytes of both servers are used`() async throws {
        let files = [file("/bad.bin", corrupt: 0), file("/good.bin")]
        try await DownloadRig.run(files) { rig in
            let document = try metalink(
                rig,
                try await pieces(of: files[1]),
                at: ["/bad.bin", "/good.bin"]
            )
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("sha1 verified (given by its pieces)"))
            #expect(try rig.isRight("big.iso", "/good.bin"))
        }
    }

    @Test func `a piece that is wrong everywhere fails the job and keeps the others`() async throws
    {
        let files = [file("/bad.bin", corrupt: 3_000_000), file("/good.bin")]
        try await DownloadRig.run(files) { rig in
            let document = try metalink(rig, try await pieces(of: files[1]), at: ["/bad.bin"])
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 6, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("1 piece (256 KiB) came wrong from every server"))
            let report = try await rig.show()
            #expect(report.state == "failed")
            #expect(report.bytesDone == Self.length - Self.piece)
            #expect(!rig.saved().contains("big.iso"))
            let served = rig.server.bytesServed(path: "/bad.bin")
            // The server is mended: the missing piece is all that comes.
            rig.server.update("/bad.bin") { $0.behaviour.corruptByte = nil }
            let next = try await fetch(rig, document)
            #expect(next.status == 0, "\(next.errorOutput)")
            #expect(try rig.isRight("big.iso", "/bad.bin"))
            #expect(rig.server.bytesServed(path: "/bad.bin") == served + Self.piece)
        }
    }

    @Test func `killed while a piece is fetched again, it fetches no other one`() async throws {
        var slow = Behaviour()
        slow.latency = .seconds(600)
        let good = TestFile("/good.bin", length: Self.length, seed: 1, slow)
        let files = [file("/bad.bin", corrupt: 3_000_000), good]
        let environment = ["ADM_MAX_CONNECTIONS": "1", "ADM_FIRST_BYTE_TIMEOUT": "10m"]
        try await DownloadRig.run(files, environment: environment) { rig in
            let document = try metalink(
                rig,
                try await pieces(of: good),
                at: ["/bad.bin", "/good.bin"]
            )
            let line = ["download", "-d", rig.directory, "--metalink", document]
            try await rig.adm.run(line) { child in
                try await rig.server.waitForRequests(path: "/good.bin", count: 1)
                child.kill()
                _ = try await child.wait()
            }
            rig.server.update("/good.bin") { $0.behaviour.latency = .zero }
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("big.iso", "/good.bin"))
            #expect(rig.server.bytesServed(path: "/bad.bin") <= Self.length + 3 * Self.piece)
            #expect(rig.server.bytesServed(path: "/good.bin") == Self.piece)
        }
    }

    @Test func `a server that gives no parts is not asked to repair a piece`() async throws {
        var whole = Behaviour()
        whole.ranges = .ignored
        whole.corruptByte = 7_000_000
        let second = TestFile("/whole.bin", length: Self.length, seed: 1, whole)
        let files = [file("/bad.bin", corrupt: 3_000_000), second, file("/good.bin")]
        let environment = ["ADM_MAX_CONNECTIONS": "1"]
        try await DownloadRig.run(files, environment: environment) { rig in
            let document = try metalink(
                rig,
                try await pieces(of: files[2]),
                at: ["/bad.bin", "/whole.bin", "/good.bin"]
            )
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("big.iso", "/good.bin"))
            #expect(rig.server.bytesServed(path: "/good.bin") == Self.piece)
            #expect(rig.server.bytesServed(path: "/bad.bin") <= Self.length + 2 * Self.piece)
        }
    }

    @Test func `a server with a file of another length is left out`() async throws {
        let short = TestFile("/short.bin", length: Self.length - 1, seed: 1)
        try await DownloadRig.run([short, file("/good.bin")]) { rig in
            let document = try metalink(
                rig,
                "<size>\(Self.length)</size>",
                at: ["/short.bin", "/good.bin"]
            )
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("big.iso", "/good.bin"))
            #expect(rig.server.bytesServed(path: "/good.bin") >= Self.length)
            let alone = try metalink(rig, "<size>3</size>", at: ["/short.bin"], name: "other")
            let refused = try await fetch(rig, alone)
            #expect(refused.errorOutput.contains("is not the length of the file"))
            #expect(refused.status == 6)
        }
    }

    @Test func `the Metalink itself may be on a server, and the queue takes it too`() async throws {
        let good = file("/good.bin")
        try await DownloadRig.run([good]) { rig in
            let path = try metalink(rig, try await pieces(of: good), at: ["/good.bin"])
            let text = try String(contentsOfFile: path, encoding: .utf8)
            var behaviour = Behaviour()
            behaviour.refusals = [Refusal(200, .always, body: text)]
            rig.server.serve(TestFile("/x.meta4", length: 0, behaviour))
            let added = try await rig.adm.output([
                "add", "-d", rig.directory, "--metalink", rig.server.url("/x.meta4"),
            ])
            #expect(added.output == "1\n", "\(added.errorOutput)")
            let ran = try await rig.adm.output(["run", "--until-empty"])
            #expect(ran.status == 0, "\(ran.errorOutput)")
            #expect(try rig.isRight("big.iso", "/good.bin"))
        }
    }

    @Test
    func `a server without ranges repairs its file by sending it whole, and all is checked again`()
        async throws
    {
        var whole = Behaviour()
        whole.ranges = .ignored
        whole.corruptByte = 3_000_000
        let files = [
            TestFile("/whole.bin", length: Self.length, seed: 1, whole), file("/good.bin"),
        ]
        try await DownloadRig.run(files) { rig in
            let document = try metalink(rig, try await pieces(of: files[1]), at: ["/whole.bin"])
            let outcome = try await fetch(rig, document)
            #expect(outcome.status == 6, "\(outcome.errorOutput)")
            #expect(!rig.saved().contains("big.iso"))
            rig.server.update("/whole.bin") { $0.behaviour.corruptByte = nil }
            let next = try await fetch(rig, document)
            #expect(next.status == 0, "\(next.errorOutput)")
            #expect(try rig.isRight("big.iso", "/good.bin"))
        }
    }

    @Test func `a secret goes to no server that a Metalink names`() async throws {
        let files = [file("/good.bin")]
        try await DownloadRig.run(files) { rig in
            let path = try metalink(rig, "", at: ["/good.bin"])
            let refused = try await fetch(rig, path, "--header", "Authorization: Bearer abc")
            #expect(refused.status == 10, "\(refused.errorOutput)")
            var behaviour = Behaviour()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            behaviour.refusals = [Refusal(200, .always, body: text)]
            rig.server.serve(TestFile("/x.meta4", length: 0, behaviour))
            // Another name of the same machine is another origin.
            let other = rig.server.url("/x.meta4", host: "localhost")
            let outcome = try await fetch(rig, other, "--header", "Authorization: Bearer abc")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let named = rig.server.requests("/x.meta4").compactMap { $0.header("authorization") }
            #expect(named == ["Bearer abc"])
            let sent = rig.server.requests("/good.bin").compactMap { $0.header("authorization") }
            #expect(sent.isEmpty)
        }
    }

    @Test func `two files of one name are two files`() async throws {
        let files = [file("/a.bin", seed: 1), file("/b.bin", seed: 2)]
        try await DownloadRig.run(files) { rig in
            let path = rig.adm.home + "/two.meta4"
            let parts = [("x/README", "/a.bin"), ("y/README", "/b.bin")].map { name, file in
                "<file name=\"\(name)\"><url>\(rig.server.url(file))</url></file>"
            }
            let root = "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">"
            try (root + parts.joined() + "</metalink>")
                .write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try await fetch(rig, path, "--if-exists", "overwrite")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("README", "/a.bin"))
            #expect(try rig.isRight("README (1)", "/b.bin"))
        }
    }

    @Test func `nonsense is refused with the place and the remedy`() async throws {
        try await DownloadRig.run([file("/a.bin")]) { rig in
            let bad = rig.adm.home + "/bad.meta4"
            try "{}\n".write(toFile: bad, atomically: true, encoding: .utf8)
            for (line, words) in [
                ([bad], "bad.meta4:1: this is not an XML document"),
                ([rig.adm.home + "/none"], "cannot be read"),
                ([rig.server.url("/a.bin")], "a.bin:1: this is not an XML document"),
                ([rig.server.url("/none")], "the Metalink cannot be had"),
                ([bad, rig.server.url("/a.bin")], "--metalink stands in place of URLs"),
            ] {
                let outcome = try await rig.adm.output(["download", "--metalink"] + line)
                #expect(outcome.status != 0)
                #expect(outcome.errorOutput.contains(words), "\(outcome.errorOutput)")
            }
            #expect(rig.saved().isEmpty)
        }
    }
}
