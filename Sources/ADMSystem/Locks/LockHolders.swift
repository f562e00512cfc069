import Glibc

/// Who holds the lock of an open file, as far as the kernel tells (proc(5), `/proc/locks`).
package enum LockHolders {
    /// One held lock of flock(2).
    struct Entry: Hashable {
        let process: Int32
        let major: UInt64
        let minor: UInt64
        let inode: UInt64

        /// The device as stat(2) says it (makedev(3)).
        var device: UInt64 {
            (major & ~0xFFF) << 32 | (major & 0xFFF) << 8 | (minor & ~0xFF) << 12 | minor & 0xFF
        }
    }

    /// The processes that hold a lock on an open file, this one too; none where they cannot be seen,
    /// because they run in another container or on another machine.
    package static func of(_ descriptor: Int32) -> [ProcessDescription] {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, let text = SystemFile.read("/proc/locks")
        else {
            return []
        }
        let inode = UInt64(status.st_ino)
        let device = UInt64(status.st_dev)
        let same = entries(String(decoding: text, as: UTF8.self)).filter { $0.inode == inode }
        let exact = same.filter { $0.device == device }
        // Some file systems show files under another device number than the lock has.
        let ids = exact.isEmpty ? same.filter { hasOpen(status, $0.process) } : exact
        return Set(ids.map(\.process)).sorted().compactMap(ProcessDescription.init(reading:))
    }

    /// The held locks of flock(2) in the text of `/proc/locks`; those that are waited for begin with an
    /// arrow and are left out.
    static func entries(_ text: String) -> [Entry] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", let process = Int32(words[4]), process > 0
            else { return nil }
            let file = words[5].split(separator: ":")
            guard file.count == 3, let major = UInt64(file[0], radix: 16),
                let minor = UInt64(file[1], radix: 16), let inode = UInt64(file[2])
            else { return nil }
            return Entry(process: process, major: major, minor: minor, inode: inode)
        }
    }

    private static func hasOpen(_ file: stat, _ process: Int32) -> Bool {
        guard let directory = unsafe opendir("/proc/\(process)/fd") else { return false }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard unsafe stat("/proc/\(process)/fd/\(name)", &status) == 0 else { continue }
            if status.st_ino == file.st_ino, status.st_dev == file.st_dev { return true }
        }
        return false
    }
}
