import CADMSystem
import Glibc

/// Names in an open directory.
extension Descriptor {
    /// Gives a file another name, replacing what has it (`man 2 rename`).
    package func rename(
        _ name: String,
        to newName: String,
        in target: Descriptor
    ) throws(Errno) {
        _ = try Errno.check { unsafe renameat(number, name, target.number, newName) }
    }

    /// Gives a file another name that must be free (`man 2 renameat2`, `RENAME_NOREPLACE`).
    ///
    /// - Throws: `EEXIST` if it is taken; `EINVAL` or `ENOSYS` if the file system or the kernel cannot
    ///   promise that.
    package func renameExclusively(
        _ name: String,
        to newName: String,
        in target: Descriptor
    ) throws(Errno) {
        _ = try Errno.check { unsafe adm_rename_noreplace(number, name, target.number, newName) }
    }

    /// Gives a file one more name that must be free (`man 2 link`).
    package func link(_ name: String, as newName: String, in target: Descriptor) throws(Errno) {
        _ = try Errno.check { unsafe linkat(number, name, target.number, newName, 0) }
    }

    /// Creates a directory.
    package func makeDirectory(_ name: String, mode: UInt32) throws(Errno) {
        _ = try Errno.check { unsafe mkdirat(number, name, mode) }
    }
}
