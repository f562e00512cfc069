import Glibc
import SystemPackage

/// An open file or directory, closed when the last reference goes.
///
/// Closing earlier could hand the number to another file while a write is still under way.
package final class Descriptor: Sendable {
    private let file: FileDescriptor

    /// The number that the kernel knows it by.
    package var number: Int32 { file.rawValue }

    private init(number: Int32) { file = FileDescriptor(rawValue: number) }

    deinit { try? file.close() }

    /// Opens a path, never inherited by child processes.
    package static func open(
        _ path: String,
        _ flags: Int32,
        mode: UInt32 = 0,
        in directory: Descriptor? = nil
    ) throws(Errno) -> Descriptor {
        let base = directory?.number ?? AT_FDCWD
        let number = try Errno.check { unsafe openat(base, path, flags | O_CLOEXEC, mode) }
        return Descriptor(number: number)
    }

    /// What is open.
    package func status() throws(Errno) -> FileStatus {
        var info = stat()
        _ = try Errno.check { unsafe fstat(number, &info) }
        return FileStatus(info)
    }

    /// What has this name in the open directory, links not followed; nil if there is nothing.
    package func status(of name: String) throws(Errno) -> FileStatus? {
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
    package func remove(_ name: String, isDirectory: Bool = false) throws(Errno) {
        let flags = isDirectory ? AT_REMOVEDIR : 0
        do {
            _ = try Errno.check { unsafe unlinkat(number, name, flags) }
        } catch {
            if error.code != ENOENT { throw error }
        }
    }

    /// Makes the names in the open directory survive a power loss (`man 2 fsync`).
    package func syncDirectory() throws(Errno) {
        do {
            _ = try Errno.check { fsync(number) }
        } catch {
            // Some network and FUSE file systems cannot sync a directory and say so this way.
            if error.code != EINVAL && error.code != ENOTSUP { throw error }
        }
    }

    /// Reads bytes at an offset into a buffer; fewer than asked for only at the end of the file.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws(Errno) -> Int {
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

    /// The bytes at an offset, at most `limit` of them; fewer only at the end of the file.
    package func read(upTo limit: Int, at offset: Int64) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try Errno.typed {
            try unsafe bytes.withUnsafeMutableBytes { try unsafe read(into: $0, at: offset) }
        }
        bytes.removeLast(limit - count)
        return bytes
    }

    /// Reads from where the last such call ended; at most `limit` bytes, and fewer only at the end.
    package func readAll(limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let wanted = min(16_384, limit - bytes.count)
            let piece = try Errno.typed {
                try unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                    count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    /// Writes all bytes at an offset.
    package func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            done += try Errno.check {
                unsafe pwrite(number, base + done, buffer.count - done, Int(offset) + done)
            }
        }
    }

    /// Writes all bytes of a text at an offset.
    package func write(_ text: String, at offset: Int64) throws(Errno) {
        try Errno.typed { _ = try file.writeAll(toAbsoluteOffset: offset, text.utf8) }
    }

    /// Writes all bytes of a text, behind what was written last.
    package func writeAll(_ text: String) throws(Errno) {
        try Errno.typed { _ = try file.writeAll(text.utf8) }
    }

    /// Writes all bytes, behind what was written last.
    package func writeAll(_ bytes: [UInt8]) throws(Errno) {
        try Errno.typed { _ = try file.writeAll(bytes) }
    }
}
