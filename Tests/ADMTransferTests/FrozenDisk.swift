import ADMTestSupport
import Foundation

/// A small file system whose writes can be made to wait (`man 8 fsfreeze`); only the superuser may do
/// that, and only if there are loop devices.
struct FrozenDisk: Sendable {
    /// Where it is mounted.
    let path: String

    /// Whether this process may do all that.
    static let isAllowed: Bool = {
        guard geteuid() == 0, FileManager.default.fileExists(atPath: "/dev/loop-control") else {
            return false
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", attempt]
        process.environment = ["PATH": searchPath]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private static let searchPath = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"

    /// Does everything once; fails if something is not permitted.
    private static let attempt = """
        place=$(mktemp -d) && cd "$place" || exit 1
        trap 'umount --lazy disk; cd /; rm -rf "$place"' EXIT
        exec 2>/dev/null
        truncate -s 8M image && mkfs.ext4 -q -F image && mkdir disk || exit 1
        mount -o loop image disk && fsfreeze --freeze disk && fsfreeze --unfreeze disk
        """

    /// Mounts one for as long as `body` runs.
    static func with(_ body: (FrozenDisk) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let image = directory + "/image"
            try await run("truncate", "-s", "8M", image)
            try await run("mkfs.ext4", "-q", "-F", image)
            let disk = FrozenDisk(path: directory + "/disk")
            try await run("mkdir", disk.path)
            try await run("mount", "-o", "loop", image, disk.path)
            do { try await body(disk) } catch {
                try? await disk.thaw()
                try await run("umount", "--lazy", disk.path)
                throw error
            }
            try await run("umount", "--lazy", disk.path)
        }
    }

    /// From now on every writer waits.
    func freeze() async throws { try await FrozenDisk.run("fsfreeze", "--freeze", path) }

    /// Writers continue.
    func thaw() async throws { try await FrozenDisk.run("fsfreeze", "--unfreeze", path) }

    private static func run(_ command: String...) async throws {
        let outcome = try await ChildProcess.output(
            ChildProcess.Command("/usr/bin/env", ["PATH=" + searchPath] + command)
        )
        guard outcome.status == 0 else { throw Refused(reason: outcome.errorOutput) }
    }

    private struct Refused: Error { let reason: String }
}
