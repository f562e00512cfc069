import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `--hash` with a list: which entry is that of the file, and what is refused.
@Suite(.timeLimit(.minutes(3))) struct ChecksumListTests {
    private static let other = String(repeating: "1", count: 64)

    private func file(_ path: String, _ behaviour: Behaviour = Behaviour()) -> TestFile {
        TestFile(path, length: 300_000, seed: 3, behaviour)
    }

    private func serve(_ text: String, at path: String, _ rig: DownloadRig) {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(200, .always, body: text)]
        rig.server.serve(TestFile(path, length: 0, behaviour))
    }

    private func redirect(_ path: String, to target: String, _ rig: DownloadRig) {
        var behaviour = Behaviour()
        behaviour.redirection = Redirection(.path(target))
        rig.server.serve(TestFile(path, length: 0, behaviour))
    }

    /// Runs a test with a file at these paths, and gives its digest.
    private func run(
        _ files: [TestFile],
        _ body: (DownloadRig, _ digest: String) async throws -> Void
    ) async throws {
        try await DownloadRig.run(files) { rig in
            try await body(rig, try await files[0].body.sha256())
        }
    }

    private func expectVerified(
        _ outcome: ChildProcess.Outcome,
        _ place: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == 0, "\(outcome.errorOutput)", sourceLocation: place)
        #expect(
            outcome.errorOutput.contains("sha256 verified"),
            "\(outcome.errorOutput)",
            sourceLocation: place
        )
    }

    @Test func `of two files of one name each has its own entry`() async throws {
        let gtk = TestFile("/images/netboot/gtk/mini.iso", length: 1000, seed: 4)
        try await run([file("/images/netboot/mini.iso"), gtk]) { rig, digest in
            let list =
                "\(try await gtk.body.sha256())  ./netboot/gtk/mini.iso\n\(digest)  ./netboot/mini.iso\n"
            serve(list, at: "/images/SHA256SUMS", rig)
            redirect("/latest/SHA256SUMS", to: "/images/SHA256SUMS", rig)
            let url = rig.server.url("/images/SHA256SUMS")
            expectVerified(try await rig.download("/images/netboot/mini.iso", "--hash", url))
            expectVerified(
                try await rig.download("/images/netboot/gtk/mini.iso", "-O", "b", "--hash", url)
            )
            // The list lies where its redirects lead.
            let latest = rig.server.url("/latest/SHA256SUMS")
            expectVerified(
                try await rig.download("/images/netboot/mini.iso", "-O", "c", "--hash", latest)
            )
            #expect(rig.saved() == ["b", "c", "mini.iso"])
        }
    }

    @Test func `names of redirects and of the server are looked up, the one to save as is not`()
        async throws
    {
        var named = Behaviour()
        named.contentDisposition = "attachment; filename=\"a:b.iso\""
        let files = [file("/v1/x-1.0.iso"), file("/get", named), file("/storage/8f3a")]
        try await run(files) { rig, digest in
            redirect("/latest", to: "/v1/x-1.0.iso", rig)
            redirect("/download", to: "/v1/x.iso", rig)
            redirect("/v1/x.iso", to: "/storage/8f3a", rig)
            let list = rig.server.url("/SUMS")
            serve("\(digest)  x-1.0.iso\n\(Self.other)  y.iso\n", at: "/SUMS", rig)
            expectVerified(try await rig.download("/latest", "-O", "y.iso", "--hash", list))
            serve("\(digest)  x.iso\n\(Self.other)  y\n", at: "/SUMS", rig)
            expectVerified(try await rig.download("/download", "-O", "2", "--hash", list))
            serve("\(digest)  a:b.iso\n\(Self.other)  a_b.iso\n", at: "/SUMS", rig)
            expectVerified(try await rig.download("/get", "-O", "3", "--hash", list))
            // Its own name comes first.
            serve("\(digest)  latest\n\(Self.other)  x-1.0.iso\n", at: "/SUMS", rig)
            expectVerified(try await rig.download("/latest", "-O", "4", "--hash", list))
            #expect(rig.saved() == ["2", "3", "4", "y.iso"])
        }
    }

    @Test func `what is not certain is said, and nothing is kept`() async throws {
        try await run([file("/a/tool"), file("/tool")]) { rig, digest in
            let list = rig.server.url("/SUMS")
            for (path, text, message) in [
                (
                    "/tool", "\(digest)  linux/tool\n\(Self.other)  darwin/tool\n",
                    "linux/tool, darwin/tool"
                ),
                ("/a/tool", "\(digest)  b/tool\n", "it names b/tool"),
                ("/a/tool", "\(digest)  other\n", "has no digest for tool"),
                ("/a/tool", "SHA3-256 (tool) = \(digest)\n", "only SHA3-256 digests"),
            ] {
                serve(text, at: "/SUMS", rig)
                let outcome = try await rig.download(path, "--hash", list)
                #expect(outcome.status == 6, "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains(message), "\(outcome.errorOutput)")
            }
            #expect(rig.saved() == [])
        }
    }

    @Test func `a list may be a file of this machine, and a digest may stand alone`() async throws {
        try await run([file("/x/a.iso")]) { rig, digest in
            let path = rig.adm.home + "/my sums"
            try "\(digest) *a.iso\n\(Self.other) *b.iso\n".write(
                toFile: path,
                atomically: true,
                encoding: .utf8
            )
            for hash in [
                path, "file://" + path.replacing(" ", with: "%20"), "sha256:\(path)", digest,
            ] {
                expectVerified(
                    try await rig.download("/x/a.iso", "--if-exists", "overwrite", "--hash", hash)
                )
            }
            for hash in [
                path + "x", rig.adm.home, "sha512:\(digest)", "\(digest)0", "./none",
                "sha256:./none",
            ] {
                let outcome = try await rig.download("/x/a.iso", "-O", "b", "--hash", hash)
                #expect(outcome.status == 2, "\(hash): \(outcome.errorOutput)")
            }
            let line = "\(rig.server.url("/x/a.iso"))\tfilename=c\thash=\(path)\n"
            let added = try await rig.adm.output(
                ["add", "-d", rig.directory, "-"],
                input: .text(line)
            )
            #expect(added.status == 0, "\(added.errorOutput)")
            try FileManager.default.removeItem(atPath: path)
            let ended = try await rig.adm.output(["run", "--until-empty"])
            #expect(ended.status != 0)
            #expect(ended.errorOutput.contains(path), "\(ended.errorOutput)")
            #expect(rig.saved() == ["a.iso"])
        }
    }

    @Test func `an algorithm before a list leaves the others out`() async throws {
        try await run([file("/a.iso")]) { rig, digest in
            let list = rig.server.url("/SUMS")
            serve(
                "MD5 (a.iso) = \(String(repeating: "0", count: 32))\n\(digest)  a.iso\n",
                at: "/SUMS",
                rig
            )
            expectVerified(try await rig.download("/a.iso", "--hash", "sha256:\(list)"))
            let outcome = try await rig.download("/a.iso", "-O", "b", "--hash", "sha512:\(list)")
            #expect(outcome.status == 6)
            #expect(
                outcome.errorOutput.contains("no sha512 digest for a.iso"),
                "\(outcome.errorOutput)"
            )
            let wrong = try await rig.download("/a.iso", "-O", "b", "--hash", "md5:\(list)")
            #expect(wrong.status == 6)
            #expect(rig.saved() == ["a.iso"])
        }
    }

    @Test func `a whole file whose name only the server knows is looked up in a later run`()
        async throws
    {
        var behaviour = Behaviour()
        behaviour.contentDisposition = "attachment; filename=\"a.iso\""
        behaviour.interruptions = [.stall(after: 200_000, .first(1))]
        try await run([file("/get", behaviour)]) { rig, digest in
            serve("\(digest)  a.iso\n\(Self.other)  b\n", at: "/SUMS", rig)
            let line =
                ["download", "-d", rig.directory, "--if-exists", "error"]
                + ["--hash", rig.server.url("/SUMS"), rig.server.url("/get")]
            let taken = rig.directory + "/a.iso"
            try await rig.adm.run(line) { child in
                try await rig.waitUntilKept()
                try "mine".write(toFile: taken, atomically: true, encoding: .utf8)
                rig.server.release("/get")
                let outcome = try await child.wait()
                #expect(outcome.status == 8, "\(outcome.errorOutput)")
            }
            #expect(try await rig.show().bytesDone == 300_000)
            try FileManager.default.removeItem(atPath: taken)
            let sent = rig.server.bytesServed(path: "/get")
            expectVerified(try await rig.adm.output(line))
            #expect(try rig.isRight("a.iso", "/get"))
            #expect(rig.server.bytesServed(path: "/get") == sent + 1)
        }
    }
}
