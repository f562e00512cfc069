import ADMModel
import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Disks that are full, fill up, or take nothing: a clear message, nothing lost.
@Suite(.timeLimit(.minutes(2)), .enabled(if: MountedDisk.isAllowed, "only root may mount"))
struct StorageTests {
    private static let mebibyte: Int64 = 1_048_576

    /// A file that comes without a length, so that nobody can know beforehand whether it fits.
    private static func endless(_ length: Int64) -> TestFile {
        var behaviour = Behaviour()
        behaviour.ranges = .ignored
        behaviour.framing = .chunked
        return TestFile("/a.bin", length: length, seed: 3, behaviour)
    }

    /// Runs a test whose downloads go to a disk in memory of their own.
    private func run(
        _ size: String,
        _ files: [TestFile],
        reserve: String = "0",
        body: (DownloadRig, MountedDisk) async throws -> Void
    ) async throws {
        try await DownloadRig.run(files, environment: ["ADM_MIN_FREE_SPACE": reserve]) { rig in
            try await MountedDisk.with(size: size, at: rig.directory) { try await body(rig, $0) }
        }
    }

    private func bytesOnDisk(_ rig: DownloadRig) throws -> Int64 {
        try rig.saved().reduce(0) { sum, name in
            let path = "\(rig.directory)/\(name)"
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size]
            return sum + ((size as? NSNumber)?.int64Value ?? 0)
        }
    }

    @Test func `D1 a file that cannot fit is refused before a byte is written`() async throws {
        let file = TestFile("/a.bin", length: 16 * Self.mebibyte, seed: 3)
        try await run("4m", [file]) { rig, disk in
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("16.0 MiB"), "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("4.00 MiB"), "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains(rig.directory), "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("adm resume 1"), "\(outcome.errorOutput)")
            #expect(try bytesOnDisk(rig) == 0)
            let report = try await rig.show()
            #expect(report.state == "paused")
            #expect(report.failure?.code == "no-space")
            try disk.resize("32m")
            let again = try await rig.adm.output(["resume", "1"])
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect(rig.saved() == ["a.bin"])
        }
    }

    @Test func `space that must stay free counts`() async throws {
        let file = TestFile("/a.bin", length: 3 * Self.mebibyte, seed: 3)
        try await run("4m", [file], reserve: "2MiB") { rig, _ in
            let refused = try await rig.download("/a.bin")
            #expect(refused.status == 9, "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains("must stay free"), "\(refused.errorOutput)")
            #expect(try bytesOnDisk(rig) == 0)
            var generous = rig.adm
            generous.environment["ADM_MIN_FREE_SPACE"] = "512KiB"
            let fine = try await generous.output(["resume", "--all"])
            #expect(fine.status == 0, "\(fine.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
        }
    }

    @Test(arguments: ["resume", "again"])
    func `D2 a disk that fills up in the middle pauses the job, and it can be resumed`(
        how: String
    )
        async throws
    {
        try await run("12m", [Self.endless(8 * Self.mebibyte)]) { rig, disk in
            try disk.fill(bytes: 8 * Self.mebibyte)
            let outcome = try await rig.download("/a.bin")
            #expect(outcome.status == 9, "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("space"), "\(outcome.errorOutput)")
            #expect(outcome.errorOutput.contains("adm resume 1"), "\(outcome.errorOutput)")
            let report = try await rig.show()
            #expect(report.state == "paused")
            #expect(report.failure?.code == "no-space")
            #expect(!rig.saved().contains("a.bin"))
            try disk.empty()
            let again =
                how == "resume"
                ? try await rig.adm.output(["resume", "1"]) : try await rig.download("/a.bin")
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect(rig.saved() == ["a.bin"])
        }
    }

    @Test func `D2 a job that others' bytes displace keeps what it has`() async throws {
        var behaviour = Behaviour()
        behaviour.framing = .chunked
        behaviour.interruptions = [.stall(after: 2 * Self.mebibyte, .first(1))]
        let file = TestFile("/a.bin", length: 8 * Self.mebibyte, seed: 3, behaviour)
        try await run("12m", [file]) { rig, disk in
            let line = ["download", "-d", rig.directory, "--max-connections", "1"]
            let stopped = try await rig.adm.run(line + [rig.server.url("/a.bin")]) { child in
                try await rig.server.waitUntilStalled(path: "/a.bin")
                child.send(SIGINT)
                return try await child.wait()
            }
            #expect(stopped.status == 130, "\(stopped.errorOutput)")
            try disk.fillUp()
            let full = try await rig.adm.output(["resume", "1"])
            // Where the space was reserved it is there still, and the job ends well.
            #expect([0, 9].contains(full.status), "\(full.errorOutput)")
            try disk.empty()
            if full.status == 9 {
                #expect(try await rig.show().state == "paused")
                let again = try await rig.adm.output(["resume", "1"])
                #expect(again.status == 0, "\(again.errorOutput)")
            }
            #expect(try rig.isRight("a.bin", "/a.bin"))
            #expect(rig.saved() == ["a.bin"])
        }
    }

    @Test func `a small file arrives beside one that does not fit`() async throws {
        let files = [
            TestFile("/large.bin", length: 64 * Self.mebibyte, seed: 1),
            TestFile("/small.bin", length: 1000, seed: 2),
        ]
        try await run("4m", files) { rig, _ in
            let outcome = try await rig.adm.output(
                ["download", "-d", rig.directory] + files.map { rig.server.url($0.path) }
            )
            #expect(outcome.status == 7, "\(outcome.errorOutput)")
            #expect(try rig.isRight("small.bin", "/small.bin"))
        }
    }

    @Test func `D7 a read-only file system is named, and the job continues when it is writable`()
        async throws
    {
        var behaviour = Behaviour()
        behaviour.interruptions = [.stall(after: 2 * Self.mebibyte, .first(8))]
        let file = TestFile("/a.bin", length: 16 * Self.mebibyte, seed: 3, behaviour)
        try await run("32m", [file]) { rig, disk in
            let line = [
                "download", "-d", rig.directory, "--max-connections", "1", rig.server.url("/a.bin"),
            ]
            _ = try await rig.adm.run(line) { child in
                try await rig.server.waitUntilStalled(path: "/a.bin")
                try await rig.waitUntilKept()
                child.send(SIGINT)
                return try await child.wait()
            }
            rig.server.update("/a.bin") { $0.behaviour.interruptions = [] }
            let before = try await rig.show()
            try disk.setReadOnly(true)
            let refused = try await rig.adm.output(["resume", "1"])
            #expect(refused.status == 9, "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains(rig.directory), "\(refused.errorOutput)")
            #expect(try await rig.show().bytesDone == before.bytesDone)
            try disk.setReadOnly(false)
            let sent = rig.server.bytesServed(path: "/a.bin")
            let again = try await rig.adm.output(["resume", "1"])
            #expect(again.status == 0, "\(again.errorOutput)")
            #expect(try rig.isRight("a.bin", "/a.bin"))
            let fetched = rig.server.bytesServed(path: "/a.bin") - sent
            #expect(fetched <= file.length - before.bytesDone)
        }
    }

    @Test(arguments: [false, true])
    func `D7 a directory that takes no files is named`(isBound: Bool) async throws {
        try await run("4m", [TestFile("/a.bin", length: 1000, seed: 3)]) { rig, disk in
            if isBound { try disk.bindToItself() }
            try disk.setReadOnly(true)
            for options in [[], ["--if-exists", "overwrite"]] {
                let line = ["download", "-d", rig.directory] + options
                let outcome = try await rig.adm.output(line + [rig.server.url("/a.bin")])
                #expect(outcome.status == 9, "\(outcome.errorOutput)")
                #expect(outcome.errorOutput.contains(rig.directory), "\(outcome.errorOutput)")
                #expect(
                    outcome.errorOutput.lowercased().contains("read-only"),
                    "\(outcome.errorOutput)"
                )
            }
            #expect(rig.saved().isEmpty)
        }
    }

    @Test func `D12 a full or read-only home is named, and what is there is left alone`()
        async throws
    {
        try await DownloadRig.run([TestFile("/a.bin", length: 10, seed: 3)]) { rig in
            try await MountedDisk.with(size: "2m", at: rig.adm.admHome) { disk in
                #expect(try await rig.download("/a.bin").status == 0)
                try disk.fillUp()
                let full = try await rig.adm.output(["ws", "create", "other"])
                #expect(full.status == 9, "\(full.errorOutput)")
                #expect(full.errorOutput.contains(rig.adm.admHome), "\(full.errorOutput)")
                try disk.empty()
                try disk.setReadOnly(true)
                let refused = try await rig.download("/a.bin", "-O", "b")
                #expect(refused.status == 9, "\(refused.errorOutput)")
                #expect(refused.errorOutput.contains(rig.adm.admHome), "\(refused.errorOutput)")
                try disk.setReadOnly(false)
                #expect(try await rig.download("/a.bin", "-O", "b").status == 0)
                #expect(try await rig.show().state == "succeeded")
            }
        }
    }
}
