package import ADMModel
import ADMSystem
import Glibc

extension PartFile {
    /// Makes a rename in a directory survive a power loss (`man 2 fsync`), and removes the directory
    /// of partial files if nothing is left in it.
    ///
    /// - Throws: ``Failure`` with `storage` if the directory is gone or the disk refuses.
    package static func syncDirectory(_ directory: String) throws(Failure) {
        guard let folder = try DownloadDirectory.open(directory, create: false) else {
            throw Failure(.storage, "the directory \(directory) is gone")
        }
        for parts in try PartsDirectory.all(in: folder) { parts.removeIfEmpty() }
        do { try folder.descriptor.syncDirectory() } catch {
            throw Failure(error, "cannot sync the directory \(directory)")
        }
    }

    /// Gives the lock back before the value goes, so that the file can be opened again at once.
    ///
    /// Nothing may be written through this value afterwards. Calling it again does nothing.
    package func unlock() {
        watch.end()
        flock(file.number, LOCK_UN)
    }
}
