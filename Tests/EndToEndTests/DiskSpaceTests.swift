import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Space that has to stay free, and space that was reserved for bytes which never came.
@Suite(.timeLimit(.minutes(2)), .enabled(if: MountedDisk.isAllowed, "only root may mount"))
struct DiskSpaceTests {
    private static let mebibyte: Int64 = 1_048_576

    /// Runs a test whose downloads go to a disk of 32 MiB in memory of their own.
    private func run(
        _ files: [TestFile],
        reserve: String = "0",
        body: (DownloadRig, MountedDisk) async throws -> Void
    ) async throws {
        try await DownloadRig.run(files, environment: ["ADM_MIN_FREE_SPACE": reserve]) { rig in
            try await MountedDisk.with(size: "32m", at: rig.directory) { try await body(rig, $0) }
        }
    }

    private func free(_ rig: DownloadRig) throws -> Int64 {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: rig.directory)
        return try #require((attributes[.systemFreeSize] as? NSNumber)?.int64Value)
    }

    /// Goes on with the job, and sees that no byte was lost.
    private func finish(_ rig: DownloadRig, _ name: String) async throws {
        var generous = rig.adm
        generous.environment["ADM_MIN_FREE_SPACE"] = "0"
        let again = try await generous.output(["resume", "1"])
        #expect(again.status == 0, "\(again.errorOutput)")
        #expect(try rig.isRight(name, "/" + name))
        #expect(rig.saved() == [name])
    }

    @Test(arguments: [Behaviour.Framing.chunked, .untilClose])
    func `space that must stay free stays free while a body without length arrives`(
        framing: Behaviour.Framing
    ) async throws {
        var behaviour = Behaviour()
        behaviour.ranges = .ignored
        behaviour.framing = framing
        let file = TestFile("/a.bin", length: 24 * Self.mebibyte, seed: 3, behaviour)
        try await run([file], reserve: "16MiB") { rig, _ in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("must stay free"), "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("adm resume 1"), "\(outcome.errorOutput)")
            #expect(try free(rig) >= 15 * Self.mebibyte)
            let report = try await rig.show()
            #expect(report.state == "paused")
            #expect(report.failure?.code == "no-space")
            #expect(report.bytesDone > 0)
            try await finish(rig, "a.bin")
        }
    }

    @Test func `others who fill the disk in the meantime end a download, too`() async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 2 * Self.mebibyte)]
        let file = TestFile("/a.bin", length: 12 * Self.mebibyte, seed: 3, behaviour)
        try await run([file], reserve: "8MiB") { rig, disk in
            let line = ["download", "-d", rig.directory, "--max-connections", "1"]
            let outcome = try await rig.adm.run(line + [rig.server.url("/a.bin")]) { adm in
                try await rig.server.waitUntilStalled(path: "/a.bin")
                try await rig.waitUntilKept()
                try disk.fill(bytes: 14 * Self.mebibyte)
                rig.server.update("/a.bin") { $0.behaviour.interruptions = [] }
                rig.server.release("/a.bin")
                return try await adm.wait()
            }
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            // What was reserved for the rest is free again.
            #expect(try free(rig) >= 8 * Self.mebibyte)
            try disk.empty()
            try await finish(rig, "a.bin")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func `space that was reserved for a claimed length is given back`(signal: Int32) async throws {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 2 * Self.mebibyte, .first(1))]
        let file = TestFile("/a.bin", length: 20 * Self.mebibyte, seed: 3, behaviour)
        let small = TestFile("/small.bin", length: 1000, seed: 4)
        try await run([file, small]) { rig, _ in
            let line = ["download", "-d", rig.directory, "--max-connections", "1"]
            _ = try await rig.adm.run(line + [rig.server.url("/a.bin")]) { adm in
                try await rig.server.waitUntilStalled(path: "/a.bin")
                try await rig.waitUntilKept()
                #expect(try free(rig) <= 12 * Self.mebibyte)
                adm.send(signal)
                return try await adm.wait()
            }
            // After a kill the next run does it.
            let next = try await rig.adm.output([
                "download", "-d", rig.adm.home + "/elsewhere", rig.server.url("/small.bin"),
            ])
            #expect(next.status == 0, "\(next.errorOutput)")
            #expect(try free(rig) >= 28 * Self.mebibyte)
            #expect(try await rig.show().bytesDone > 0)
            try await finish(rig, "a.bin")
        }
    }

    @Test func `a failed download takes no more space than it has bytes`() async throws {
        var behaviour = Behaviour()
        behaviour.contentLength = .off(by: 20 * Self.mebibyte)
        behaviour.ranges = .ignored
        let file = TestFile("/a.bin", length: 2 * Self.mebibyte, seed: 3, behaviour)
        try await run([file]) { rig, _ in
            let outcome = try await rig.download("/a.bin", "--retries", "0")
            #expect(outcome.status == 11, "\(outcome.errorOutput)")
            #expect(try await rig.show().state == "failed")
            #expect(try free(rig) >= 28 * Self.mebibyte)
        }
    }
}
