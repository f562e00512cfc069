import ADMModel
import ADMSystem
import Glibc

/// A download directory, opened once: nothing done through it can be led elsewhere by links that
/// appear in its path later.
final class DownloadDirectory: Sendable {
    /// The path as it was given, without trailing slashes.
    let path: String
    /// The open directory.
    let descriptor: Descriptor
    private let identity: FileIdentity

    private init(path: String) throws(Errno) {
        self.path = path
        descriptor = try DownloadDirectory.descriptor(path)
        identity = try descriptor.status().identity
    }

    /// Opens a download directory, with its parents when `create` says so.
    ///
    /// - Returns: nil if it does not exist and is not to be made.
    /// - Throws: ``Failure`` with `storage` or `noSpace` that names the directory.
    static func open(_ path: String, create: Bool) throws(Failure) -> DownloadDirectory? {
        let path = trimmed(path)
        do {
            return try DownloadDirectory(path: path)
        } catch {
            guard error.code == ENOENT else { throw Failure(error, "cannot open \(path)") }
            guard create else { return nil }
        }
        try make(path)
        do {
            return try DownloadDirectory(path: path)
        } catch {
            let hint = error.code == ENOENT ? "it is a symbolic link that leads nowhere" : nil
            throw Failure(error, "cannot open \(path)", hint: hint)
        }
    }

    /// Whether the path still leads to the directory that is open.
    var isInPlace: Bool {
        (try? FileStatus.following(path)?.identity) == identity
    }

    /// What has a name in the directory, links not followed; nil if there is nothing.
    func status(of name: String) throws(Failure) -> FileStatus? {
        try Failure.describing("cannot read \(path)/\(name)") { () throws(Errno) in
            try descriptor.status(of: name)
        }
    }

    /// Refuses a directory that this user may not write to.
    func requireWritable() throws(Failure) {
        try Failure.describing("cannot write into \(path)") { () throws(Errno) in
            _ = try Errno.check {
                unsafe faccessat(descriptor.number, ".", W_OK | X_OK, AT_EACCESS)
            }
        }
    }

    private static func descriptor(_ path: String) throws(Errno) -> Descriptor {
        try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
    }

    private static func trimmed(_ path: String) -> String {
        var path = Substring(path)
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        return String(path)
    }

    /// Creates a directory and the parents it lacks, with the permissions that the user's mask leaves.
    private static func make(_ path: String) throws(Failure) {
        do {
            try makeOne(path)
            return
        } catch {
            guard error.code == ENOENT, ParentPath.of(path) != path else {
                throw Failure(error, "cannot create \(path)")
            }
        }
        try make(ParentPath.of(path))
        try Failure.describing("cannot create \(path)") { () throws(Errno) in try makeOne(path) }
    }

    /// Makes one directory and lets its name survive a power loss; one that is there is fine.
    private static func makeOne(_ path: String) throws(Errno) {
        do {
            _ = try Errno.check { unsafe mkdir(path, 0o777) }
        } catch {
            if error.code == EEXIST { return }
            throw error
        }
        // A parent that cannot be synced does not hinder the download.
        try? descriptor(ParentPath.of(path)).syncDirectory()
    }
}
