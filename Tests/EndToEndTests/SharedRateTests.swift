import ADMTestServer
import ADMTestSupport
import Foundation
import Testing

/// Limits that several processes keep together: how long their files take at least.
@Suite(.timeLimit(.minutes(3))) struct SharedRateTests {
    private static let kibibyte: Int64 = 1024

    private static func files(_ count: Int, _ length: Int64) -> [TestFile] {
        (0..<count).map { TestFile("/f\($0).bin", length: length, seed: UInt64($0)) }
    }

    /// Fetches each file with a process of its own, and returns how long all of them took.
    private func fetch(
        _ files: [TestFile],
        _ rig: DownloadRig,
        workspaces: [String]
    ) async throws -> Duration {
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (file, workspace) in zip(files, workspaces) {
                group.addTask {
                    let outcome = try await rig.adm.output([
                        "-w", workspace, "download", "-d", rig.directory, rig.server.url(file.path),
                    ])
                    #expect(outcome.status == 0, "\(outcome.errorOutput)")
                }
            }
            try await group.waitForAll()
        }
        for file in files { #expect(try rig.isRight(String(file.path.dropFirst()), file.path)) }
        return begin.duration(to: .now)
    }

    @Test func `three processes of two workspaces keep one limit together`() async throws {
        let files = Self.files(3, 256 * Self.kibibyte)
        try await DownloadRig.run(files) { rig in
            try await rig.ok("budget", "set", "--rate", "256KiB/s")
            for name in ["a", "b"] { try await rig.ok("ws", "create", name) }
            let time = try await fetch(files, rig, workspaces: ["a", "a", "b"])
            #expect(time >= .seconds(2.7))
        }
    }

    @Test func `the limit of a workspace holds that one back and no other`() async throws {
        // Held back too, the last one would take more than a minute.
        let long = TestFile("/long.bin", length: 4096 * Self.kibibyte, seed: 9)
        let files = Self.files(2, 128 * Self.kibibyte) + [long]
        try await DownloadRig.run(files) { rig in
            for name in ["a", "b"] { try await rig.ok("ws", "create", name) }
            try await rig.ok("ws", "set", "a", "--rate", "64KiB/s")
            let limited = try await fetch([files[0], files[1]], rig, workspaces: ["a", "a"])
            #expect(limited >= .seconds(3.5))
            let free = try await fetch([files[2]], rig, workspaces: ["b"])
            #expect(free < .seconds(40))
        }
    }

    @Test func `the limit of a host holds for all who fetch from it`() async throws {
        let files = Self.files(2, 128 * Self.kibibyte)
        try await DownloadRig.run(files) { rig in
            try await rig.ok("budget", "set", "--host-rate", "64KiB/s", "--per-host", "0")
            for name in ["a", "b"] { try await rig.ok("ws", "create", name) }
            let time = try await fetch(files, rig, workspaces: ["a", "b"])
            #expect(time >= .seconds(3.5))
        }
    }

    @Test func `a limit is lifted while files are on their way, and none of them stalls`()
        async throws
    {
        let files = Self.files(40, 64 * Self.kibibyte)
        try await DownloadRig.run(files) { rig in
            try await rig.ok(
                "budget",
                "set",
                "--rate",
                "1KiB/s",
                "--slots",
                "64",
                "--host-connections",
                "64"
            )
            let line = ["download", "-d", rig.directory] + files.map { rig.server.url($0.path) }
            let outcome = try await rig.adm.run(line) { child in
                // At that speed they would take 40 minutes; each of them has begun.
                try await rig.server.waitUntil { $0.requests.count >= files.count }
                try await rig.ok("budget", "set", "--rate", "0")
                return try await child.wait()
            }
            #expect(outcome.status == 0, "\(outcome.errorOutput)")
            for file in files {
                #expect(try rig.isRight(String(file.path.dropFirst()), file.path))
            }
        }
    }
}
