import ADMModel
import ADMSystem
import Glibc

/// Sees that nobody else can change what lies in `ADM_HOME`, or has put something there.
///
/// Whoever could would choose where adm connects to, what it trusts and which commands it runs.
enum HomeOwnership {
    /// Directories are looked into down to `workspaces/NAME/*`.
    private static let depth = 2

    /// - Throws: ``Failure`` with `refused`, the path and the remedy: for a directory that the group or
    ///   others may write to, and for anything in it that belongs to another user than this one and the
    ///   superuser, links and what they lead to included.
    static func check(_ root: String) throws(Failure) {
        guard let status = try? FileStatus.following(root) else { return }
        try requirePrivate(root, status)
        // Nobody but the owner comes as far as what lies in it.
        let isClosed = status.permissions & 0o011 == 0
        try check(inside: root, isClosed: isClosed, depth: 0)
    }

    private static func check(
        inside directory: String,
        isClosed: Bool,
        depth: Int
    ) throws(Failure) {
        for name in names(in: directory) where isOwn(name, depth: depth) {
            let path = "\(directory)/\(name)"
            // What is gone again harms nobody.
            guard var status = try? FileStatus.named(path) else { continue }
            try requireOwn(path, status)
            let isLink = status.kind == .link
            if isLink {
                guard let target = try? FileStatus.following(path) else { continue }
                status = target
                try requireOwn(path, status)
            }
            let isDirectory = status.kind == .directory
            if isDirectory || status.kind == .regular, isLink || !isClosed {
                // What a link leads to is among other files of its owner, with a group of its own.
                try requirePrivate(path, status, from: isLink && !isDirectory ? 0o002 : 0o022)
            }
            if isDirectory, depth < HomeOwnership.depth {
                try check(inside: path, isClosed: isClosed && !isLink, depth: depth + 1)
            }
        }
    }

    /// Whether a name is adm's own; people may keep other things beside, their downloads for example.
    private static func isOwn(_ name: String, depth: Int) -> Bool {
        let top = [
            "config.toml", "current", "workspaces", "trash", "coordination", "run", "plugins",
            "logs",
        ]
        return depth == 0 ? top.contains(name) : name != "downloads"
    }

    private static func requireOwn(_ path: String, _ status: FileStatus) throws(Failure) {
        guard status.owner != geteuid(), status.owner != 0 else { return }
        throw Failure(
            .refused,
            "\(path) belongs to user \(status.owner), and adm runs as user \(geteuid())",
            hint: "look at it, then remove it or make it your own: chown \(geteuid()) \(path)"
        )
    }

    private static func requirePrivate(
        _ path: String,
        _ status: FileStatus,
        from others: UInt32 = 0o022
    ) throws(Failure) {
        guard status.permissions & others != 0 else { return }
        throw Failure(
            .refused,
            "\(path) may be changed by other users",
            hint: "see that nobody changed what is in it, then close it: chmod go-w \(path)"
        )
    }

    private static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
