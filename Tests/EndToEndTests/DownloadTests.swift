import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// `adm download` from the command line to the file.
@Suite struct DownloadTests {
    @Test(arguments: [0, 1, 1023, 1_048_576, 5_000_000] as [Int64])
    func `a file of any size arrives whole and alone`(length: Int64) async throws {
        try await DownloadRig.run([TestFile("/a.bin", length: length, seed: 3)]) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == ["a.bin"])
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect(outcome.output.isEmpty)
            let report = try await rig.show()
            #expect(report.state == "succeeded")
            #expect(report.bytesTotal == length)
            #expect(report.path == "\(rig.directory)/a.bin")
        }
    }

    @Test func `several connections fetch one file if the server limits each`() async throws {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 4 * 1_048_576
        let file = TestFile("/a.bin", length: 24 * 1_048_576, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/a.bin", "--max-connections", "4")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect((2...4).contains(rig.server.maximumConcurrency(path: "/a.bin")))
        }
    }

    @Test func `one connection is used if only one is allowed`() async throws {
        var behaviour = Behaviour()
        behaviour.bytesPerSecond = 8 * 1_048_576
        let file = TestFile("/a.bin", length: 8 * 1_048_576, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/a.bin", "--max-connections", "1")
            #expect(outcome.status == 0)
            #expect(rig.server.maximumConcurrency(path: "/a.bin") == 1)
        }
    }

    @Test(
        arguments: [
            ("attachment; filename=\"plain.iso\"", "plain.iso"),
            ("attachment; filename=\"a.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt", "grüße.txt"),
            ("attachment; filename=\"../../etc/passwd\"", "passwd"),
            ("attachment; filename=\"..\\\\..\\\\evil.exe\"", "evil.exe"),
            ("attachment; filename=\"/etc/cron.d/x\"", "x"),
            ("attachment; filename*=UTF-8''a%1B%5B31mred.txt", "a[31mred.txt"),
            ("attachment; filename=\"\"", "a.bin"), ("attachment; filename=\"..\"", "a.bin"),
            ("attachment; filename=\"-rf\"", "_-rf"), ("garbage;;;=\"", "a.bin"),
        ]
    )
    func `P1 P5 P6 the server's name is made safe`(header: String, name: String) async throws {
        var behaviour = Behaviour()
        behaviour.contentDisposition = header
        try await DownloadRig.run([TestFile("/a.bin", length: 10, seed: 3, behaviour)]) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(rig.saved() == [name])
        }
    }

    @Test(
        arguments: [
            ("/dir/%2e%2e%2fpasswd", "passwd"), ("/caf%C3%A9.txt", "café.txt"),
            ("/a%00b.txt", "ab.txt"), ("/", nil),
            ("/" + String(repeating: "x", count: 300) + ".iso", nil),
        ] as [(String, String?)]
    )
    func `P2 P4 a name from the URL is made safe`(path: String, name: String?) async throws {
        try await DownloadRig.run([TestFile(path, length: 10, seed: 3)]) { rig in
            let outcome = try await rig.download(path)
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let saved = rig.saved()
            #expect(saved.count == 1)
            #expect(saved.allSatisfy { $0.utf8.count <= 255 && !$0.hasPrefix(".") })
            if let name { #expect(saved == [name]) }
            if path.hasSuffix(".iso") { #expect(saved.first?.hasSuffix(".iso") == true) }
        }
    }

    @Test func `the person's name wins, and existing files are never touched unasked`()
        async throws
    {
        try await DownloadRig.run([TestFile("/a.bin", length: 1000, seed: 3)]) { rig in
            #expect(try await rig.download("/a.bin", "-O", "mine").status == 0)
            #expect(try await rig.download("/a.bin", "-O", "mine").status == 0)
            #expect(rig.saved() == ["mine", "mine (1)"])
            let before = rig.server.requests("/a.bin").count
            #expect(
                try await rig.download("/a.bin", "-O", "mine", "--if-exists", "skip").status == 0
            )
            #expect(rig.server.requests("/a.bin").count == before)
            let refused = try await rig.download("/a.bin", "-O", "mine", "--if-exists", "error")
            #expect(refused.status == 8)
            #expect(refused.errorOutput.contains("exists"))
            rig.server.update("/a.bin") { $0.version += 1 }
            let replaced = try await rig.download(
                "/a.bin",
                "-O",
                "mine",
                "--if-exists",
                "overwrite"
            )
            #expect(replaced.status == 0, "\(replaced.errorOutput)")
            #expect(try rig.isRight("mine", "/a.bin"))
            #expect(rig.saved() == ["mine", "mine (1)"])
        }
    }

    @Test func `a right digest is verified, a wrong one leaves nothing behind`() async throws {
        let file = TestFile("/a.bin", length: 3_000_000, seed: 3)
        try await DownloadRig.run([file]) { rig in
            let digest = try await file.body.sha256()
            let good = try await rig.download("/a.bin", "--hash", "sha256:\(digest)")
            #expect(good.status == 0, "\(good.errorOutput)")
            #expect(good.errorOutput.contains("verified"))
            let wrong = String(repeating: "0", count: 64)
            let bad = try await rig.download("/a.bin", "-O", "b", "--hash", "sha256:\(wrong)")
            #expect(bad.status == 6)
            #expect(bad.errorOutput.contains("digest"))
            #expect(rig.saved() == ["a.bin"])
        }
    }

    @Test func `H18 a digest that the server sends is verified`() async throws {
        let file = TestFile("/a.bin", length: 300_000, seed: 3)
        try await DownloadRig.run([file]) { rig in
            let field = try await file.body.digestField()
            rig.server.update("/a.bin") { $0.behaviour.reprDigest = field }
            let good = try await rig.download("/a.bin")
            #expect(good.status == 0)
            #expect(good.errorOutput.contains("verified"))
            rig.server.update("/a.bin") { $0.behaviour.corruptByte = 1234 }
            let bad = try await rig.download("/a.bin", "-O", "b")
            #expect(bad.status == 6)
            #expect(rig.saved() == ["a.bin"])
        }
    }

    @Test func `a checksum list on the server names the digest`() async throws {
        let file = TestFile("/a.bin", length: 300_000, seed: 3)
        try await DownloadRig.run([file, TestFile("/b.bin", length: 10)]) { rig in
            let digest = try await file.body.sha256()
            let list = "\(String(repeating: "1", count: 64))  other.bin\n\(digest) *a.bin\n"
            var behaviour = Behaviour()
            behaviour.refusals = [Refusal(200, .always, body: list)]
            rig.server.serve(TestFile("/SHA256SUMS", length: 0, behaviour))
            let good = try await rig.download("/a.bin", "--hash", rig.server.url("/SHA256SUMS"))
            #expect(good.status == 0, "\(good.errorOutput)")
            #expect(good.errorOutput.contains("list"))
            let missing = try await rig.download(
                "/a.bin",
                "-O",
                "x",
                "--hash",
                rig.server.url("/nothing")
            )
            #expect(missing.status == 3, "\(missing.errorOutput)")
            let unnamed = try await rig.download(
                "/b.bin",
                "--hash",
                rig.server.url("/SHA256SUMS")
            )
            #expect(unnamed.status == 6, "\(unnamed.errorOutput)")
            #expect(unnamed.errorOutput.contains("has no digest for b.bin"))
            #expect(rig.saved() == ["a.bin"])
        }
    }

    @Test func `busy servers, resets and cut bodies are tried again and end right`() async throws {
        var behaviour = Behaviour()
        behaviour.refusals = [Refusal(503, .first(2), retryAfter: .seconds(0))]
        behaviour.interruptions = [
            .reset(after: 200_000, FaultTrigger(skip: 2, times: 1)),
            .cut(after: 700_000, FaultTrigger(skip: 3, times: 1)),
        ]
        let file = TestFile("/a.bin", length: 2_000_000, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            let report = try await rig.show()
            #expect(report.attempts > 1)
        }
    }

    @Test func `a connection that stalls is replaced`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 100_000, .first(1))]
        let file = TestFile("/a.bin", length: 2_000_000, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/a.bin", "--idle-timeout", "500ms")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `an expired link leads back to the original URL`() async throws {
        var behaviour = Behaviour()
        behaviour.redirection = Redirection(.signed(requests: 1))
        behaviour.interruptions = [.cut(after: 1_000_000, .first(2))]
        let file = TestFile("/a.bin", length: 3_000_000, seed: 3, behaviour)
        try await DownloadRig.run([file]) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `a file without length is fetched to its end`() async throws {
        var chunked = Behaviour()
        chunked.ranges = .ignored
        chunked.framing = .chunked
        try await DownloadRig.run([TestFile("/a.bin", length: 700_000, seed: 3, chunked)]) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `H2 servers with wrong ranges never spoil a file`() async throws {
        let choices: [Behaviour.ServedContentRange] = [
            .claimsShift(1), .servesShift(1), .total(5), .missing, .literal("bytes x-y/z"),
        ]
        for choice in choices {
            var behaviour = Behaviour()
            behaviour.contentRange = choice
            let file = TestFile("/a.bin", length: 4_000_000, seed: 3, behaviour)
            let digest = try await file.body.sha256()
            try await DownloadRig.run([file]) { rig in
                let outcome = try await rig.download("/a.bin", "--hash", "sha256:\(digest)")
                if outcome.status == 0 {
                    #expect(try rig.isRight("a.bin", "/a.bin"), "\(choice)")
                } else {
                    #expect(rig.saved().allSatisfy { $0.hasPrefix(".adm-part") }, "\(choice)")
                }
            }
        }
    }
}
