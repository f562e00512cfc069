import ADMEngine
import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Glibc
import Testing

/// Part files that other programs change, remove or replace: what was recorded of them is forgotten.
@Suite(.timeLimit(.minutes(1))) struct PartFileTests {
    /// What somebody does to a part file.
    enum Touch: String, CaseIterable, Sendable {
        case truncate, write, remove, replace

        func apply(to path: String) throws {
            switch self {
            case .truncate: #expect(unsafe Glibc.truncate(path, 0) == 0)
            case .write:
                let file = try #require(FileHandle(forWritingAtPath: path))
                try file.write(contentsOf: Data([0xFF, 0x00, 0xFF]))
                try file.close()
            case .remove: try FileManager.default.removeItem(atPath: path)
            case .replace:
                try FileManager.default.removeItem(atPath: path)
                try Data("other".utf8).write(to: URL(fileURLWithPath: path))
            }
        }
    }

    @Test(arguments: Touch.allCases)
    func `one that is touched while bytes arrive gets no name, and nothing of it is kept`(
        touch: Touch
    ) async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/file.bin")
                try await rig.server.waitUntilStalled(path: "/file.bin")
                try await bench.waitUntilKept()
                try touch.apply(to: rig.part())
                rig.server.release("/file.bin")
                let outcome = try await bench.end(of: job)
                #expect(outcome.word == "failed" && outcome.failure?.code == .storage)
                #expect(!rig.saved().contains("file.bin"))
                let failed = try await bench.job()
                #expect(failed.state == .failed && failed.bytesDone == 0)
                #expect(failed.bytesTotal == nil)
                // What somebody else put there is theirs.
                #expect(rig.saved().contains { $0.hasSuffix(".part") } == (touch == .replace))
                if touch == .replace { try FileManager.default.removeItem(atPath: rig.part()) }
                try await bench.resume(failed)
                let again = try await bench.end(of: job)
                #expect(again.word == "succeeded", "\(again)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                #expect(rig.saved() == ["file.bin"])
            }
        }
    }

    @Test func `a digest finds a byte that somebody wrote, and the job fails for that`()
        async throws
    {
        let file = stallingFile()
        let digest = try Checksum(.sha256, hex: try await file.body.sha256())
        try await JobRig.with([file]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/file.bin") { $0.checksum = digest }
                try await rig.server.waitUntilStalled(path: "/file.bin")
                try await bench.waitUntilKept()
                try Touch.write.apply(to: rig.part())
                rig.server.release("/file.bin")
                let outcome = try await bench.end(of: job)
                #expect(outcome.failure?.code == .integrity, "\(outcome)")
                #expect(rig.saved() == [])
            }
        }
    }

    @Test func `a directory that is moved fails the job, which goes on when it is back`()
        async throws
    {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                let job = try await bench.add("/file.bin")
                try await rig.server.waitUntilStalled(path: "/file.bin")
                try await bench.waitUntilKept()
                let elsewhere = rig.root + "/elsewhere"
                try FileManager.default.moveItem(atPath: rig.directory, toPath: elsewhere)
                rig.server.release("/file.bin")
                let outcome = try await bench.end(of: job)
                #expect(outcome.word == "failed" && outcome.failure?.code == .storage)
                // Nobody runs it any more, and its row says so.
                let failed = try await bench.job()
                #expect(failed.state == .failed && failed.failure == outcome.failure)
                #expect(failed.bytesDone > 0)
                try FileManager.default.moveItem(atPath: elsewhere, toPath: rig.directory)
                try await bench.resume(failed)
                #expect(try await bench.end(of: job).word == "succeeded")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                #expect(rig.saved() == ["file.bin"])
            }
        }
    }

    /// What somebody does to a part file between two runs.
    enum Change: String, CaseIterable, Sendable {
        case remove, shorten, lengthen

        func apply(to path: String) throws {
            switch self {
            case .remove: try FileManager.default.removeItem(atPath: path)
            case .shorten: #expect(unsafe Glibc.truncate(path, 10) == 0)
            case .lengthen: #expect(unsafe Glibc.truncate(path, 2_000_001) == 0)
            }
        }
    }

    @Test(arguments: Change.allCases)
    func `one that is not as long as it was recorded is fetched again from its first byte`(
        change: Change
    ) async throws {
        try await JobRig.with([stallingFile()]) { rig in
            try await rig.open { bench in
                try await bench.add("/file.bin")
                try await rig.server.waitUntilStalled(path: "/file.bin")
                try await bench.waitUntilKept()
            }
            try change.apply(to: rig.part())
            try await rig.open { bench in
                let job = try await bench.job()
                #expect(job.state == .paused && job.bytesDone > 0)
                try await bench.resume(job)
                let outcome = try await bench.end(of: job)
                #expect(outcome.word == "succeeded", "\(outcome)")
                #expect(try rig.isRight("file.bin", "/file.bin"))
                #expect(rig.server.servedRanges(path: "/file.bin").last?.start == 0)
                #expect(rig.saved() == ["file.bin"])
            }
        }
    }
}
