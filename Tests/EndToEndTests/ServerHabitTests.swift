import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// What servers do although no specification asks for it, and other programs take.
@Suite(.timeLimit(.minutes(3))) struct ServerHabitTests {
    private static let length: Int64 = 3 << 20

    private func file(_ path: String = "/a.bin", _ change: (inout Behaviour) -> Void) -> TestFile {
        var behaviour = Behaviour()
        change(&behaviour)
        return TestFile(path, length: Self.length, seed: 7, behaviour)
    }

    private func expectRight(
        _ files: [TestFile],
        _ path: String = "/a.bin",
        _ options: [String] = ["--retries", "0"],
        like original: String = "/a.bin"
    ) async throws {
        try await DownloadRig.run(files) { rig in
            let line = ["download", "-d", rig.directory, "--filename", "a"] + options
            let outcome = try await rig.adm.output(line + [rig.server.url(path)])
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a", original))
        }
    }

    private func raw(_ status: String, _ fields: String..., body: [UInt8]) -> [UInt8] {
        let head = "HTTP/1.1 \(status)\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + body
    }

    // MARK: - Statuses

    @Test(arguments: [
        "201 Created", "203 Non-Authoritative Information", "218 Fine", "226 IM Used",
    ])
    func `any success that has a body brings the file`(status: String) async throws {
        let body = Array("hello".utf8)
        let answer = raw(status, "Content-Length: 5", body: body)
        try await DownloadRig.run([file { $0.rawResponses = [RawResponse(bytes: answer)] }]) {
            rig in
            let outcome = try await rig.download("/a.bin", "--retries", "0")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            let saved = FileManager.default.contents(atPath: rig.directory + "/a.bin")
            #expect(saved.map(Array.init) == body)
        }
    }

    @Test(arguments: [(204, 11), (205, 11), (207, 11), (202, 5)])
    func `a success without the file is none`(status: Int, exit: Int32) async throws {
        try await DownloadRig.run([file { $0.refusals = [Refusal(status)] }]) { rig in
            let outcome = try await rig.download("/a.bin", "--retries", "1")
            #expect(outcome.status == exit, "\(outcome.errorOutput)")
            #expect(rig.saved().filter { !$0.hasPrefix(".adm-part") } == [])
        }
    }

    @Test func `a file that is still being made is asked for again`() async throws {
        let served = file { $0.refusals = [Refusal(202, .first(2), retryAfter: .seconds(0))] }
        try await expectRight([served], "/a.bin", ["--retries", "3"])
    }

    // MARK: - Redirects and cookies

    @Test func `a cookie that is set on the way is sent on`() async throws {
        let gate = file("/gate") {
            $0.refusals = [
                Refusal(
                    302,
                    headers: [
                        HeaderLine("Location", "/a.bin"),
                        HeaderLine("Set-Cookie", "gate=1; Path=/"),
                    ]
                )
            ]
        }
        let served = file { $0.requiredHeader = .init("Cookie", "gate=1", status: 403) }
        try await expectRight([gate, served], "/gate")
    }

    @Test func `a URL may redirect to itself, as often as max-redirects says`() async throws {
        let again = Refusal(302, .first(3), headers: [HeaderLine("Location", "/a.bin")])
        try await expectRight([file { $0.refusals = [again] }])
        try await DownloadRig.run([file { $0.redirection = Redirection(.loop) }]) { rig in
            let outcome = try await rig.download("/a.bin", "--retries", "0")
            #expect(outcome.status == 11, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("redirects more than 20 times"))
        }
    }

    @Test(arguments: [300, 301, 302, 303, 307, 308])
    func `every redirect with an address is followed`(status: Int) async throws {
        let moved = file("/moved") { $0.redirection = Redirection(.path("/a.bin"), status: status) }
        try await expectRight([moved, file { _ in }], "/moved")
    }

    @Test(arguments: ["", "Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"])
    func `a redirect whose body never comes is followed`(field: String) async throws {
        let answer = "HTTP/1.1 302 Found\r\nLocation: /a.bin\r\n\(field)\r\n"
        let moved = file("/moved") { $0.rawResponses = [RawResponse(answer, ending: .stall)] }
        try await expectRight([moved, file { _ in }], "/moved")
    }

    // MARK: - Versions

    @Test(arguments: ["gzip", "x-gzip", "br", "zstd"])
    func `a file that is stored with its encoding is resumed`(encoding: String) async throws {
        let served = file {
            $0.contentEncoding = encoding
            $0.interruptions = [.cut(after: 1 << 20, .first(3))]
        }
        try await DownloadRig.run([served]) { rig in
            let outcome = try await rig.download(
                "/a.bin",
                "--retries",
                "4",
                "--max-connections",
                "1"
            )
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            let ranges = rig.server.requests().dropFirst().map { $0.header("range") ?? "all" }
            #expect(ranges.allSatisfy { $0 != "all" && $0 != "bytes=0-" }, "\(ranges)")
        }
    }

    @Test func `with a digest a file whose tag changes with every answer is finished`() async throws
    {
        let served = file {
            $0.entityTag = .changing
            $0.interruptions = [.cut(after: 1 << 20, .first(4))]
        }
        let digest = "sha256:\(try await served.body.sha256())"
        try await expectRight([served], "/a.bin", ["--retries", "2", "--hash", digest])
    }

    @Test func `with a digest a file that was replaced is right in the end`() async throws {
        let served = file { $0.interruptions = [.cut(after: 1 << 20)] }
        try await DownloadRig.run([served]) { rig in
            let first = try await rig.download("/a.bin", "--retries", "0", "--max-connections", "1")
            #expect(first.status == 11, "\(first.errorOutput)")
            // The same length and no date that tells: only the digest does.
            var behaviour = Behaviour()
            behaviour.lastModified = nil
            let replaced = TestFile("/a.bin", length: Self.length, seed: 8, behaviour)
            rig.server.serve(replaced)
            let digest = "sha256:\(try await replaced.body.sha256())"
            let second = try await rig.download("/a.bin", "--retries", "2", "--hash", digest)
            #expect(second.status == 0, "\(second.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }
}
