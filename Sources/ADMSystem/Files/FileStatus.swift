import Glibc
import SystemPackage

/// What the file system says about a file (`man 2 stat`).
package struct FileStatus: Sendable {
    /// Which file it is.
    package let identity: FileIdentity
    /// What kind of thing it is.
    package let kind: Kind
    /// Its length in bytes.
    package let length: Int64
    /// The bytes it occupies on disk, reserved ones included.
    package let allocated: Int64
    /// Its owner.
    package let owner: UInt32
    /// Its group.
    package let group: UInt32
    /// When its bytes were changed last, in seconds since 1970.
    package let modifiedAt: Double
    /// When anything about it was changed last, in seconds since 1970.
    package let changedAt: Double
    /// Its permission bits.
    package let permissions: UInt32
    /// When its bytes were changed last, to the nanosecond.
    package let writtenAt: Time

    /// A moment by the clock of the file system.
    package struct Time: Sendable, Hashable {
        package let seconds: Int
        package let nanoseconds: Int
    }

    /// What kind of thing has a name.
    package enum Kind: Sendable {
        /// A file with bytes.
        case regular
        /// A directory.
        case directory
        /// A symbolic link, itself.
        case link
        /// A pipe, socket or device.
        case special
    }

    /// Creates a status from the system's answer.
    init(_ info: stat) {
        identity = FileIdentity(
            device: Int64(truncatingIfNeeded: info.st_dev),
            inode: Int64(truncatingIfNeeded: info.st_ino)
        )
        kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .special
            }
        length = Int64(info.st_size)
        allocated = Int64(info.st_blocks) * 512
        owner = info.st_uid
        group = info.st_gid
        modifiedAt = FileStatus.seconds(info.st_mtim)
        changedAt = FileStatus.seconds(info.st_ctim)
        permissions = info.st_mode & 0o7777
        writtenAt = Time(seconds: info.st_mtim.tv_sec, nanoseconds: info.st_mtim.tv_nsec)
    }

    private static func seconds(_ time: timespec) -> Double {
        Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What lies at a path, seen through symbolic links; nil if there is nothing.
    package static func following(_ path: String) throws(Errno) -> FileStatus? {
        try of(path, followsLinks: true)
    }

    /// What has a path, a symbolic link itself; nil if there is nothing.
    package static func named(_ path: String) throws(Errno) -> FileStatus? {
        try of(path, followsLinks: false)
    }

    private static func of(_ path: String, followsLinks: Bool) throws(Errno) -> FileStatus? {
        do {
            return FileStatus(try unsafe Stat(path, followTargetSymlink: followsLinks).rawValue)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }
}
