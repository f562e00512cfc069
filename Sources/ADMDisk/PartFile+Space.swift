package import ADMModel
import ADMSystem
import Glibc

/// The space that a partial file takes, and what must stay free beside it.
extension PartFile {
    /// Reserves disk space for the whole file without changing its length (`man 2 fallocate`).
    ///
    /// A file system that cannot reserve is fine; then nothing is.
    ///
    /// - Throws: ``Failure`` with `noSpace` if the space is not there, `storage` if the file
    ///   system holds no file of that length.
    package func reserve(length: Int64) throws(Failure) {
        guard length > 0 else { return }
        do {
            try file.reserve(length)
        } catch {
            if [EOPNOTSUPP, ENOSYS, EINVAL].contains(error.code) { return }
            throw Failure(error, "cannot reserve \(ByteCount(length)) for \(path)")
        }
    }

    /// Gives back what was reserved and never written to; the bytes that are there stay.
    ///
    /// A run that ends before the file is whole must not keep the space of a length that somebody only
    /// claimed. Nothing may be written at the same time. If the file system cannot do that, the space stays taken.
    package func giveBackSpace() { try? file.releaseReserved() }

    /// Refuses from now on to write if less than this would stay free (statvfs(3)).
    package func keepFree(_ space: ByteCount) { self.space.begin(keeping: space.bytes) }

    /// Looks at the free space from time to time: after as many bytes as leave room for other writers, and
    /// once a second, because others fill the disk too.
    func requireSpace(for count: Int, at time: UInt64) throws(Failure) {
        guard space.isDue(for: count, at: time) else { return }
        let free = try FreeSpace.available(on: file, path)
        space.note(free: free)
        guard free - Int64(count) < space.reserve else { return }
        throw FreeSpace.failure(
            bytes: Int64(count),
            free: free,
            keeping: space.reserve,
            at: directory
        )
    }
}
