import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// An answer that contradicts what is known is never the file: the right bytes, or a failure and no file.
@Suite(.timeLimit(.minutes(2))) struct ContradictionTests {
    private static let length: Int64 = 600_000
    private static let one = ["ADM_MAX_CONNECTIONS": "1", "ADM_RETRIES": "2"]

    private func file(_ change: (inout Behaviour) -> Void) -> TestFile {
        var behaviour = Behaviour()
        change(&behaviour)
        return TestFile("/a.bin", length: Self.length, seed: 7, behaviour)
    }

    /// A head as it is sent, with what the body is to be.
    private func head(_ fields: String...) -> String {
        "HTTP/1.1 200 OK\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private func raw(_ fields: String..., body: Int64) -> TestFile {
        let text = "HTTP/1.1 200 OK\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
        let bytes = Array(text.utf8) + [UInt8](repeating: 0x78, count: Int(body))
        return file { $0.rawResponses = [RawResponse(bytes: bytes)] }
    }

    private func expectNothing(_ rig: DownloadRig, _ options: String..., status: Int32) async throws
    {
        let line = ["download", "-d", rig.directory] + options + [rig.server.url("/a.bin")]
        let outcome = try await rig.adm.output(line)
        #expect(outcome.status == status, "\(outcome.errorOutput)")
        #expect(rig.saved().filter { !$0.hasPrefix(".adm-part") } == [])
    }

    @Test(arguments: ["gzip, chunked", "gzip", "deflate, chunked"])
    func `a coding that adm cannot decode is not saved as it came`(coding: String) async throws {
        let isChunked = coding.hasSuffix("chunked")
        let body = isChunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello"
        let answer = head("Transfer-Encoding: \(coding)") + body
        let served = file { $0.rawResponses = [RawResponse(answer)] }
        try await DownloadRig.run([served], environment: Self.one) { rig in
            try await expectNothing(rig, status: 11)
        }
    }

    @Test func `a part that calls itself the whole is asked for again, without a range`()
        async throws
    {
        let served = file {
            $0.ranges = .partialWithStatus200
            $0.interruptions = [.cut(after: 300_000, .first(1))]
        }
        try await DownloadRig.run([served], environment: Self.one) { rig in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `a server that never sends more than a part gives no file`() async throws {
        let served = raw("Content-Length: 100", "Content-Range: bytes 0-99/1000", body: 100)
        try await DownloadRig.run([served], environment: Self.one) { rig in
            try await expectNothing(rig, status: 11)
        }
    }

    @Test func `the same version with another length is not the file, in a later run either`()
        async throws
    {
        let served = file { $0.interruptions = [.cut(after: 300_000, .first(1))] }
        try await DownloadRig.run([served], environment: Self.one) { rig in
            let first = try await rig.download("/a.bin", "--retries", "0")
            #expect(first.status == 11, "\(first.errorOutput)")
            rig.server.serve(raw("ETag: \"7-0\"", "Content-Length: 100", body: 100))
            try await expectNothing(rig, status: 6)
        }
    }

    @Test(arguments: [true, false])
    func `a body without a length that ends before the known one is not the file`(
        hasTag: Bool
    )
        async throws
    {
        let served = file {
            $0.interruptions = [.cut(after: 300_000, .first(1))]
            if !hasTag {
                $0.entityTag = .none
                $0.lastModified = nil
            }
        }
        try await DownloadRig.run([served], environment: Self.one) { rig in
            let first = try await rig.download("/a.bin", "--retries", "0")
            #expect(first.status == 11, "\(first.errorOutput)")
            let cut = hasTag ? raw("ETag: \"7-0\"", body: 1000) : raw(body: 1000)
            rig.server.serve(cut)
            try await expectNothing(rig, "--retries", "1", status: 11)
            // All of it is taken, although nobody names its length.
            rig.server.serve(
                file {
                    $0.framing = .untilClose
                    $0.ranges = .ignored
                    if !hasTag { $0.entityTag = .none }
                }
            )
            let last = try await rig.download("/a.bin")
            #expect(last.status == 0, "\(last.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test func `D9 a part file that is shortened while it is written gets no name`() async throws {
        let served = file { $0.interruptions = [.stall(after: 300_000)] }
        try await DownloadRig.run([served], environment: Self.one) { rig in
            let line = ["download", "-d", rig.directory, rig.server.url("/a.bin")]
            try await rig.adm.run(line) { child in
                try await rig.waitUntilKept()
                let path = try #require(partPath(rig))
                #expect(unsafe truncate(path, 0) == 0)
                try await rig.server.heal([served])
                #expect(try await child.wait().status == 9)
            }
            #expect(rig.saved() == [])
            #expect(try await rig.show().bytesDone == 0)
            #expect(try await rig.download("/a.bin").status == 0)
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test(arguments: [true, false])
    func `a byte that another program writes into a part file is noticed`(
        hasDigest: Bool
    )
        async throws
    {
        let served = file { $0.interruptions = [.stall(after: 300_000)] }
        try await DownloadRig.run([served], environment: Self.one) { rig in
            let digest = try await served.body.sha256()
            let options = hasDigest ? ["--hash", "sha256:\(digest)"] : []
            let line = ["download", "-d", rig.directory] + options + [rig.server.url("/a.bin")]
            try await rig.adm.run(line) { child in
                try await rig.waitUntilKept()
                let path = try #require(partPath(rig))
                let other = try #require(FileHandle(forWritingAtPath: path))
                try other.write(contentsOf: Data([0xFF, 0x00, 0xFF]))
                try other.close()
                try await rig.server.heal([served])
                #expect(try await child.wait().status == (hasDigest ? 6 : 9))
            }
            #expect(rig.saved() == [])
        }
    }

    private func partPath(_ rig: DownloadRig) -> String? {
        rig.saved().first { $0.hasSuffix(".part") }.map { rig.directory + "/" + $0 }
    }
}
