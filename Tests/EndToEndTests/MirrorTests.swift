import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// One file from several servers: never mixed from two versions, and not lost with one of them.
@Suite(.timeLimit(.minutes(3))) struct MirrorTests {
    private static let length: Int64 = 12 * 1_048_576

    private func file(
        _ path: String,
        seed: UInt64 = 1,
        _ behaviour: Behaviour = Behaviour()
    ) -> TestFile {
        TestFile(path, length: Self.length, seed: seed, behaviour)
    }

    private func slow() -> Behaviour {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 2 * 1_048_576
        return behaviour
    }

    private func download(
        _ rig: DownloadRig,
        _ path: String,
        mirrors: [String],
        _ more: String...
    ) async throws -> ChildProcess.Outcome {
        var line = ["download", "-d", rig.directory, "-O", "file", rig.server.url(path)] + more
        for mirror in mirrors { line += ["--mirror", rig.server.url(mirror)] }
        return try await rig.adm.output(line)
    }

    /// Fetches a file with its digest, which both servers may then give parts of; it must be right.
    private func fetch(_ file: TestFile, _ rig: DownloadRig, mirror: String) async throws {
        let hash = "sha256:\(try await file.body.sha256())"
        let outcome = try await download(rig, file.path, mirrors: [mirror], "--hash", hash)
        #expect(outcome.status == 0, "\(outcome.errorOutput)")
        #expect(try rig.isRight("file", file.path))
    }

    @Test func `a mirror gives the file if the first server has none`() async throws {
        try await DownloadRig.run([file("/mirror.bin")]) { rig in
            let outcome = try await download(rig, "/gone.bin", mirrors: ["/mirror.bin"])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("file", "/mirror.bin"))
        }
    }

    @Test func `with a digest both servers give parts of the file`() async throws {
        let files = [file("/a.bin", slow()), file("/b.bin", slow())]
        try await DownloadRig.run(files) { rig in
            try await fetch(files[0], rig, mirror: "/b.bin")
            #expect(rig.server.bytesServed(path: "/a.bin") > 0)
            #expect(rig.server.bytesServed(path: "/b.bin") > 0)
        }
    }

    @Test func `without a digest a mirror gives nothing while the first server does`() async throws
    {
        let files = [file("/a.bin", slow()), file("/b.bin", seed: 2)]
        try await DownloadRig.run(files) { rig in
            let outcome = try await download(rig, "/a.bin", mirrors: ["/b.bin"])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("file", "/a.bin"))
            #expect(rig.server.requests("/b.bin").isEmpty)
        }
    }

    @Test func `a mirror with other bytes is found out, and the file is right in the end`()
        async throws
    {
        let files = [file("/a.bin", slow()), file("/other.bin", seed: 2, slow())]
        try await DownloadRig.run(files) { rig in
            try await fetch(files[0], rig, mirror: "/other.bin")
            #expect(rig.server.bytesServed(path: "/other.bin") > 0)
        }
    }

    @Test func `a mirror with a file of another length gives nothing`() async throws {
        let files = [
            file("/a.bin", slow()), TestFile("/short.bin", length: Self.length - 1, seed: 1),
        ]
        try await DownloadRig.run(files) { rig in
            try await fetch(files[0], rig, mirror: "/short.bin")
        }
    }

    @Test func `when the first server dies on the way the mirror continues`() async throws {
        var dying = Behaviour()
        dying.bytesPerSecond = 4 * 1_048_576
        dying.interruptions = [.cut(after: 3 * 1_048_576)]
        let files = [file("/a.bin", dying), file("/b.bin")]
        try await DownloadRig.run(files, environment: ["ADM_MAX_CONNECTIONS": "1"]) { rig in
            try await fetch(files[0], rig, mirror: "/b.bin")
            let sent = rig.server.bytesServed(path: "/b.bin")
            #expect(sent <= Self.length - 2 * 1_048_576)
        }
    }

    @Test func `mirrors that the server names are used if a digest is known`() async throws {
        var named = slow()
        named.headers = [
            HeaderLine("Link", "</b.bin>; rel=duplicate; pri=1, <http://127.0.0.1:1/x>; rel=other")
        ]
        let files = [file("/a.bin", named), file("/b.bin", slow())]
        try await DownloadRig.run(files) { rig in
            let hash = "sha256:\(try await files[0].body.sha256())"
            let outcome = try await rig.download("/a.bin", "--hash", hash)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect(rig.server.bytesServed(path: "/b.bin") > 0)
        }
    }

    @Test func `what the first server gave is not given up for a mirror that has nothing`()
        async throws
    {
        var cut = slow()
        cut.interruptions = [.cut(after: 6 * 1_048_576, .first(1))]
        let environment = ["ADM_MAX_CONNECTIONS": "1", "ADM_RETRY_WAIT": "20ms"]
        try await DownloadRig.run([file("/a.bin", cut)], environment: environment) { rig in
            let outcome = try await download(rig, "/a.bin", mirrors: ["/gone.bin"])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("file", "/a.bin"))
            // The second request asks for the rest alone.
            #expect(rig.server.bytesServed(path: "/a.bin") < Self.length + 1_048_576)
            #expect(rig.server.requests("/gone.bin").isEmpty)
        }
    }

    @Test func `a password in a mirror's URL is refused`() async throws {
        try await DownloadRig.run([file("/a.bin")]) { rig in
            let line = [
                "download", "--mirror", "http://user:secret@127.0.0.1/a", rig.server.url("/a.bin"),
            ]
            let outcome = try await rig.adm.output(line)
            #expect(outcome.status == 10)
            #expect(!outcome.errorOutput.contains("secret"))
        }
    }
}
