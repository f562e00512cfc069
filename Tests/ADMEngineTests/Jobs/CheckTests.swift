import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// The check of a file that has arrived: by whose digest, what is fetched again, and what is not kept.
@Suite(.timeLimit(.minutes(1))) struct CheckTests {
    private static let length: Int64 = 3_000_000
    private static let piece: Int64 = 262_144
    private static let wrong = String(repeating: "1", count: 64)

    private func file(
        _ path: String = "/file.bin",
        length: Int64 = length,
        _ change: (inout Behaviour) -> Void = { _ in }
    ) -> TestFile {
        var behaviour = Behaviour()
        change(&behaviour)
        return TestFile(path, length: length, seed: 4, behaviour)
    }

    private func sha256(_ file: TestFile) async throws -> Checksum {
        try Checksum(.sha256, hex: try await file.body.sha256())
    }

    /// The digests of the pieces, as the usual tools compute them.
    private func pieces(of file: TestFile) async throws -> PieceHashes {
        try await withTemporaryDirectory { directory in
            try file.body.write(to: directory + "/body")
            let outcome = try await ChildProcess.output(
                ChildProcess.Command(
                    "/usr/bin/env",
                    ["split", "-b", "\(Self.piece)", "--filter=sha1sum", directory + "/body"]
                )
            )
            let digests = try outcome.output.split(separator: "\n").flatMap { line in
                try Checksum(.sha1, hex: String(line.prefix { $0 != " " })).bytes
            }
            return try PieceHashes(.sha1, pieceLength: Self.piece, digests: digests)
        }
    }

    /// The pieces and bytes of each repair that was recorded.
    private func repairs(_ bench: JobBench) async throws -> [[Int64]] {
        try await bench.recorded().compactMap { event in
            guard case .repairing(let pieces, let bytes) = event.kind else { return nil }
            return [Int64(pieces), bytes]
        }
    }

    // MARK: - One digest

    @Test func `a digest that is wrong fails the job at once, and nothing is kept`() async throws {
        let digest = try Checksum(.sha256, hex: Self.wrong)
        try await JobRig.with([file()]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") { $0.checksum = digest }
                #expect(outcome.word == "failed" && outcome.failure?.code == .integrity)
                let history = try await bench.history()
                #expect(history == ["queued", "started", "validating", "failed"])
                let job = try await bench.job()
                #expect(job.bytesDone == 0 && job.attempts == 1 && job.verification == nil)
                #expect(rig.saved() == [])
                #expect(rig.server.requests("/file.bin").count == 1)
            }
        }
    }

    @Test(arguments: [true, false])
    func `the server's own digest counts if nobody named another`(isRight: Bool) async throws {
        let right = try await file().body.digestField()
        let zero = Data(repeating: 0, count: 32).base64EncodedString()
        let served = file { $0.reprDigest = isRight ? right : "sha-256=:\(zero):" }
        try await JobRig.with([served]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin")
                if isRight {
                    let digest = try await sha256(served)
                    let wanted = Verification(checksum: digest, source: .server)
                    #expect(outcome.completion?.verification == wanted)
                    #expect(try await bench.job().verification == wanted)
                    #expect(try rig.isRight("file.bin", "/file.bin"))
                } else {
                    #expect(outcome.failure?.code == .integrity, "\(outcome)")
                    #expect(rig.saved() == [])
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func `a list names the digest, on a server or in a file`(isServed: Bool) async throws {
        let served = file()
        let digest = try await sha256(served)
        try await JobRig.with([served]) { rig in
            let list = "\(Self.wrong)  other.bin\n\(digest.hex)  file.bin\n"
            rig.serve(list, at: "/SHA256SUMS")
            let path = rig.root + "/sums"
            try Data(list.utf8).write(to: URL(fileURLWithPath: path))
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") {
                    if isServed {
                        $0.checksumList = try rig.url("/SHA256SUMS")
                    } else {
                        $0.checksumFile = path
                    }
                }
                let wanted = Verification(checksum: digest, source: .list)
                #expect(outcome.completion?.verification == wanted, "\(outcome)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
            }
        }
    }

    @Test func `a list that lies elsewhere gets no field that is meant for the server`()
        async throws
    {
        let served = file()
        let digest = try await sha256(served)
        try await JobRig.with([served]) { rig in
            rig.serve("\(digest.hex)  file.bin\n", at: "/SUMS")
            let elsewhere = try SourceURL(rig.server.url("/SUMS", host: "localhost"))
            let secret = try HeaderField(name: "Authorization", value: "Bearer abc")
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") {
                    $0.checksumList = elsewhere
                    $0.headers = [secret]
                }
                #expect(outcome.word == "succeeded", "\(outcome)")
            }
            let asked = rig.server.requests("/SUMS").map { $0.header("authorization") }
            #expect(asked == [nil])
            let sent = rig.server.requests("/file.bin").map { $0.header("authorization") }
            #expect(sent == ["Bearer abc"])
        }
    }

    @Test func `a list without the file fails the job before anything is kept`() async throws {
        try await JobRig.with([file()]) { rig in
            rig.serve("\(Self.wrong)  other.bin\n\(Self.wrong)  more.bin\n", at: "/SUMS")
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") {
                    $0.checksumList = try rig.url("/SUMS")
                }
                #expect(outcome.word == "failed" && outcome.failure?.code == .integrity)
                #expect(outcome.failure?.message.contains("no digest for file.bin") == true)
                #expect(try await bench.history() == ["queued", "failed"])
                #expect(rig.saved() == [])
            }
        }
    }

    @Test func `a list that cannot be had fails the job as its server says`() async throws {
        try await JobRig.with([file()]) { rig in
            try await rig.open { bench in
                let missing = try await bench.fetch("/file.bin") {
                    $0.checksumList = try rig.url("/missing")
                }
                #expect(missing.failure?.code == .remoteNotFound, "\(missing)")
                let unread = try await bench.fetch("/file.bin") {
                    $0.fileName = "other"
                    $0.checksumFile = rig.root + "/missing"
                }
                #expect(unread.failure?.code == .storage, "\(unread)")
                #expect(rig.server.requests("/file.bin").isEmpty)
            }
        }
    }

    @Test func `a body without a length that is not as long as promised is not kept`()
        async throws
    {
        let served = file {
            $0.framing = .chunked
            $0.ranges = .ignored
        }
        try await JobRig.with([served]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") { $0.size = Self.length + 1 }
                #expect(outcome.word == "failed" && outcome.failure?.code == .integrity)
                #expect(outcome.failure?.message == "the file has 3000000 bytes and not 3000001")
                #expect(!rig.saved().contains("file.bin"))
                #expect(try await bench.job().bytesDone == 0)
            }
        }
    }

    // MARK: - Bytes that may not belong together

    @Test func `bytes that were kept on trust are fetched again once if the digest is wrong`()
        async throws
    {
        let served = file {
            $0.entityTag = .none
            $0.lastModified = nil
            $0.interruptions = [.cut(after: 1_500_000, .first(1))]
        }
        var next = served
        next.version = 1
        let digest = try await sha256(next)
        try await JobRig.with([served], ["ADM_RETRIES": "0"]) { rig in
            try await rig.open { bench in
                let first = try await bench.fetch("/file.bin") { $0.checksum = digest }
                #expect(first.word == "failed", "\(first)")
                #expect(first.job.bytesDone > 0)
                rig.server.update("/file.bin") { $0.version = 1 }
                try await bench.resume(bench.job())
                let outcome = try await bench.end(of: first.job)
                #expect(outcome.completion?.verification?.checksum == digest, "\(outcome)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                let history = try await bench.history()
                #expect(history.count { $0 == "validating" } == 2, "\(history)")
                #expect(history.last == "completed")
                // The rest, which did not fit, and then all of it.
                let served = rig.server.servedRanges(path: "/file.bin")
                #expect(served.count == 3 && served.last?.start == 0, "\(served)")
            }
        }
    }

    @Test func `if they are wrong again the job fails`() async throws {
        let served = file {
            $0.entityTag = .none
            $0.lastModified = nil
            $0.interruptions = [.cut(after: 1_500_000, .first(1))]
        }
        let digest = try Checksum(.sha256, hex: Self.wrong)
        try await JobRig.with([served], ["ADM_RETRIES": "0"]) { rig in
            try await rig.open { bench in
                let first = try await bench.fetch("/file.bin") { $0.checksum = digest }
                try await bench.resume(bench.job())
                let outcome = try await bench.end(of: first.job)
                #expect(outcome.failure?.code == .integrity, "\(outcome)")
                let history = try await bench.history()
                #expect(history.count { $0 == "validating" } == 2, "\(history)")
                #expect(rig.saved() == [])
            }
        }
    }

    // MARK: - Pieces

    @Test func `a wrong piece is fetched again until a server gives it right`() async throws {
        let good = file("/good.bin")
        let bad = file("/bad.bin") { $0.corruptByte = 1_000_000 }
        let pieces = try await pieces(of: good)
        try await JobRig.with([good, bad]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/bad.bin") {
                    $0.fileName = "file.bin"
                    $0.pieces = pieces
                    $0.mirrors = [try rig.url("/good.bin")]
                }
                let completion = try #require(outcome.completion, "\(outcome)")
                #expect(completion.verification?.source == .pieces)
                #expect(completion.verification?.checksum.algorithm == .sha1)
                // First from the same server, then from the other one.
                #expect(try await repairs(bench) == [[1, Self.piece], [1, Self.piece]])
                #expect(completion.repairedBytes == 2 * Self.piece)
                #expect(try rig.isRight("file.bin", "/good.bin"))
                #expect(rig.server.bytesServed(path: "/good.bin") == Self.piece)
                #expect(rig.server.bytesServed(path: "/bad.bin") == Self.length + Self.piece)
            }
        }
    }

    @Test func `a piece that is wrong on every mirror fails the job, and the others stay`()
        async throws
    {
        let good = file("/good.bin")
        let first = file("/bad.bin") { $0.corruptByte = 1_000_000 }
        let second = file("/worse.bin") { $0.corruptByte = 1_000_001 }
        let pieces = try await pieces(of: good)
        try await JobRig.with([first, second]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/bad.bin") {
                    $0.pieces = pieces
                    $0.mirrors = [try rig.url("/worse.bin")]
                }
                let failure = try #require(outcome.failure, "\(outcome)")
                #expect(outcome.word == "failed" && failure.code == .integrity)
                #expect(failure.message == "1 piece (256 KiB) came wrong from every server")
                #expect(failure.hint?.contains("adm queue retry 1") == true)
                #expect(try await repairs(bench) == [[1, Self.piece], [1, Self.piece]])
                #expect(try await bench.job().bytesDone == Self.length - Self.piece)
                // One of them is mended: nothing but the piece is fetched.
                let before = rig.server.bytesServed(path: "/bad.bin")
                rig.server.update("/bad.bin") { $0.behaviour.corruptByte = nil }
                try await bench.resume(bench.job())
                let next = try await bench.end(of: outcome.job)
                #expect(next.word == "succeeded", "\(next)")
                #expect(try rig.isRight("bad.bin", "/bad.bin"))
                #expect(rig.server.bytesServed(path: "/bad.bin") == before + Self.piece)
            }
        }
    }

    @Test func `pieces that are right and a digest that is not prove nothing`() async throws {
        let served = file()
        let pieces = try await pieces(of: served)
        let digest = try Checksum(.sha256, hex: Self.wrong)
        try await JobRig.with([served]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") {
                    $0.pieces = pieces
                    $0.checksum = digest
                }
                #expect(outcome.failure?.code == .integrity, "\(outcome)")
                #expect(try await repairs(bench) == [])
                #expect(rig.saved() == [])
            }
        }
    }

    @Test func `pieces of a file of another length are of no use`() async throws {
        let served = file()
        let pieces = try await pieces(of: file(length: Self.piece))
        try await JobRig.with([served]) { rig in
            try await rig.open { bench in
                let outcome = try await bench.fetch("/file.bin") { $0.pieces = pieces }
                #expect(outcome.word == "failed" && outcome.failure?.code == .remoteChanged)
                // Without a length the bytes themselves have to come first.
                rig.server.update("/file.bin") {
                    $0.behaviour.framing = .chunked
                    $0.behaviour.ranges = .ignored
                }
                try await bench.resume(bench.job())
                let next = try await bench.end(of: outcome.job)
                #expect(next.word == "failed" && next.failure?.code == .integrity, "\(next)")
                #expect(!rig.saved().contains("file.bin"))
                #expect(try await bench.job().bytesDone == 0)
            }
        }
    }
}
