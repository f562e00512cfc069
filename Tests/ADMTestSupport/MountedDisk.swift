import ADMModel
import Foundation

/// A file system in memory, mounted for one test; only the superuser may do that.
package struct MountedDisk: Sendable {
    /// Where it is mounted.
    package let path: String

    /// Whether this process may mount.
    package static let isAllowed: Bool = {
        guard geteuid() == 0 else { return false }
        let isMounted = try? inTemporaryDirectory { (path: String) throws -> Bool in
            try run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path)
            try run("umount", path)
            return true
        }
        return isMounted ?? false
    }()

    /// Mounts one of this size, such as `24m`, at a directory for as long as `body` runs.
    package static func with(
        size: String,
        at path: String,
        body: (MountedDisk) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
        try run("mount", "-t", "tmpfs", "-o", "size=\(size),mode=0700", "tmpfs", path)
        defer {
            // A second mount may lie on the first; both have to go.
            while (try? run("umount", "--lazy", path)) != nil {}
        }
        try await body(MountedDisk(path: path))
    }

    /// Changes its size.
    package func resize(_ size: String) throws {
        try MountedDisk.run("mount", "-o", "remount,size=\(size)", path)
    }

    /// Mounts it once more over itself, as `mount --bind` does.
    package func bindToItself() throws { try MountedDisk.run("mount", "--bind", path, path) }

    /// Forbids or allows writing.
    package func setReadOnly(_ isReadOnly: Bool) throws {
        try MountedDisk.run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", path)
    }

    /// Takes some of the space.
    package func fill(bytes: Int64) throws {
        try MountedDisk.run("fallocate", "-l", "\(bytes)", path + "/.filler")
    }

    /// Takes all the space that is left.
    package func fillUp() throws {
        var bytes: Int64 = 64 * 1_048_576
        var count = 0
        while bytes >= 4096 {
            count += 1
            let file = "\(path)/.filler\(count)"
            if (try? MountedDisk.run("fallocate", "-l", "\(bytes)", file)) == nil {
                try? FileManager.default.removeItem(atPath: file)
                bytes /= 2
            }
        }
    }

    /// Gives back what ``fill(bytes:)`` and ``fillUp()`` took.
    package func empty() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where name.hasPrefix(".filler") {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try ChildProcess.start(process)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(.storage, "\(arguments.joined(separator: " ")) failed")
        }
    }
}
