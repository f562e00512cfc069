import Foundation

/// A file system in memory, mounted for one test; only the superuser may do that.
struct TemporaryFileSystem {
    /// Whether this process may mount.
    static let isAllowed: Bool = {
        guard geteuid() == 0 else { return false }
        let path = FileManager.default.temporaryDirectory.path + "/adm-mount-\(UUID().uuidString)"
        let files = FileManager.default
        try? files.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? files.removeItem(atPath: path) }
        guard (try? ChildProcess.run(mount(path, "size=64k"))) != nil else {
            return false
        }
        return (try? ChildProcess.run(["umount", path])) != nil
    }()

    /// Mounts one of this size at a directory of the scratch for the time of the body.
    static func with(
        size: String,
        _ body: (_ scratch: Scratch) async throws -> Void
    ) async throws {
        try await Scratch.with { outer in
            try outer.makeDirectory("disk")
            let path = outer("disk")
            try ChildProcess.run(mount(path, "size=\(size),mode=0755"))
            defer { _ = try? ChildProcess.run(["umount", "--lazy", path]) }
            try await body(Scratch(path: path))
        }
    }

    /// Makes a mounted file system read-only.
    static func makeReadOnly(_ scratch: Scratch) throws {
        try ChildProcess.run(["mount", "-o", "remount,ro", scratch.path])
    }

    private static func mount(_ path: String, _ options: String) -> [String] {
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", path]
    }
}
