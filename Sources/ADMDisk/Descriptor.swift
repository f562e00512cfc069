import Glibc

/// An open file or directory, closed when the last reference goes.
///
/// Closing earlier could hand the number to another file while a write is still under way.
final class Descriptor: Sendable {
    /// The number that the kernel knows it by.
    let number: Int32

    private init(number: Int32) { self.number = number }

    deinit { close(number) }

    /// Opens a path, never inherited by child processes.
    static func open(
        _ path: String,
        _ flags: Int32,
        mode: mode_t = 0,
        in directory: Descriptor? = nil
    ) throws(Errno) -> Descriptor {
        let base = directory?.number ?? AT_FDCWD
        let number = try Errno.check { unsafe openat(base, path, flags | O_CLOEXEC, mode) }
        return Descriptor(number: number)
    }

    /// What is open.
    func status() throws(Errno) -> FileStatus {
        var info = stat()
        _ = try Errno.check { unsafe fstat(number, &info) }
        return FileStatus(info)
    }

    /// What has this name in the open directory, links not followed; nil where there is nothing.
    func status(of name: String) throws(Errno) -> FileStatus? {
        var info = stat()
        do {
            _ = try Errno.check { unsafe fstatat(number, name, &info, AT_SYMLINK_NOFOLLOW) }
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        return FileStatus(info)
    }

    /// Takes a name out of the open directory; a name that is not there is fine.
    func remove(_ name: String, isDirectory: Bool = false) throws(Errno) {
        let flags = isDirectory ? AT_REMOVEDIR : 0
        do {
            _ = try Errno.check { unsafe unlinkat(number, name, flags) }
        } catch {
            if error.code != ENOENT { throw error }
        }
    }

    /// Makes the names in the open directory survive a power loss (`man 2 fsync`).
    func syncDirectory() throws(Errno) {
        do {
            _ = try Errno.check { fsync(number) }
        } catch {
            // Some network and FUSE file systems cannot sync a directory and say so this way.
            if error.code != EINVAL && error.code != ENOTSUP { throw error }
        }
    }

    /// Reads bytes at an offset into a buffer; fewer than asked for only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = try Errno.check {
                unsafe pread(number, base + done, buffer.count - done, Int(offset) + done)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes all bytes at an offset.
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            done += try Errno.check {
                unsafe pwrite(number, base + done, buffer.count - done, Int(offset) + done)
            }
        }
    }
}
