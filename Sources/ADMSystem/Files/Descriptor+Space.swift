import CADMSystem
import Glibc

/// The space of a file on its disk, and when its bytes come there.
extension Descriptor {
    /// Reserves space from the first byte on, without making the file longer (fallocate(2)).
    package func reserve(_ length: Int64) throws(Errno) {
        _ = try Errno.check { adm_reserve(number, length) }
    }

    /// Gives back the space that was reserved and nothing was written to.
    ///
    /// The bytes and the length of the file stay. Nobody may write to it at the same time.
    package func releaseReserved() throws(Errno) {
        _ = try Errno.check { adm_release_reserved(number) }
    }

    /// Makes the file this long.
    package func setLength(_ length: Int64) throws(Errno) {
        _ = try Errno.check { ftruncate(number, Int(length)) }
    }

    /// Makes the bytes of the file survive a power loss (`man 2 fdatasync`).
    package func syncData() throws(Errno) { _ = try Errno.check { fdatasync(number) } }

    /// Makes the bytes of a file and everything about it survive a power loss (`man 2 fsync`).
    package func sync() throws(Errno) { _ = try Errno.check { fsync(number) } }

    /// Lets the disk begin to write the bytes of the file, and waits for none (`man 2 sync_file_range`).
    package func startWriteback() { _ = adm_start_writeback(number, 0, 0) }

    /// Waits for bytes that are being written.
    ///
    /// - Throws: An error if some of the file's bytes were lost since the last call.
    package func checkWriteback() throws(Errno) {
        _ = try Errno.check { adm_check_writeback(number) }
    }

    /// Waits until everything that was written to the file system of this file is on the disk (`man 2
    /// syncfs`).
    package func syncFileSystem() throws(Errno) {
        _ = try Errno.check { adm_sync_file_system(number) }
    }

    /// Whether this machine itself keeps the file system of the file; false if nobody can tell.
    package var isOnLocalFileSystem: Bool { adm_is_local_file_system(number) == 1 }
}
