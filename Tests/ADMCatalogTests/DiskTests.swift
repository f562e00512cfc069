import ADMModel
import ADMTestSupport
import Foundation
import Glibc
import Testing

@testable import ADMCatalog

/// File systems that are full or read-only, made of a small tmpfs.
struct DiskTests {
    /// Runs a test on a file system of 1 MiB; tells if that cannot be had.
    private static func withSmallDisk(
        _ body: (Home, String) async throws -> Void
    ) async throws {
        try await Home.with { home in
            let mount = home.workspace.root
            try await MountedDisk.with(size: "1m", at: mount) { _ in try await body(home, mount) }
        }
    }

    @Test(.enabled(if: MountedDisk.isAllowed, "mounting a tmpfs is not allowed here"))
    func `D1 a full disk is reported and nothing that was announced is lost`() async throws {
        try await DiskTests.withSmallDisk { home, _ in
            let catalog = try await home.open()
            var added: [Job] = []
            let failure = await #expect(throws: Failure.self) {
                for index in 0..<100_000 {
                    added.append(try await catalog.queue.add("file-\(index)"))
                }
            }
            #expect(failure?.code == .noSpace)
            #expect(failure?.message.contains(home.workspace.root) == true)
            #expect(!added.isEmpty)
            let listed = try await catalog.list.jobs(limit: 100_000)
            #expect(listed == added.reversed())
            #expect(try await catalog.list.quickCheck() == [])
            await catalog.close()
        }
    }

    @Test(.enabled(if: MountedDisk.isAllowed, "mounting a tmpfs is not allowed here"))
    func `D1 no database is begun on a full disk and none is left half made`() async throws {
        try await DiskTests.withSmallDisk { home, mount in
            try run("/bin/dd", "if=/dev/zero", "of=\(mount)/fill", "bs=4096", "status=none")
            let failure = await #expect(throws: Failure.self) { try await home.open() }
            #expect(failure?.code == .noSpace)
            unsafe unlink(mount + "/fill")
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            await catalog.close()
        }
    }

    @Test(.enabled(if: MountedDisk.isAllowed, "mounting a tmpfs is not allowed here"))
    func `D7 a read-only disk is reported and the file is left as it is`() async throws {
        try await DiskTests.withSmallDisk { home, mount in
            let catalog = try await home.open()
            _ = try await catalog.queue.add("a")
            await catalog.close()
            let bytes = try home.bytes(home.workspace.database)
            try #require(try run("/bin/mount", "-o", "remount,ro", mount) == 0)
            let failure = await #expect(throws: Failure.self) {
                let catalog = try await home.open()
                _ = try await catalog.queue.add("b")
            }
            #expect(failure?.code == .storage)
            #expect(try home.bytes(home.workspace.database) == bytes)
        }
    }
}
