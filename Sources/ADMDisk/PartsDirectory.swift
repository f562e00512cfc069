import ADMModel
import Glibc

/// The private directory for partial files inside a download directory: same file system, so that
/// a finished file only needs a new name.
final class PartsDirectory: Sendable {
    /// The directory that it lies in.
    let parent: DownloadDirectory
    /// The open directory.
    let descriptor: Descriptor
    /// Who owns what this user makes there.
    let owner: UInt32

    /// Its path, for messages.
    var path: String { "\(parent.path)/\(DownloadDirectory.partsName)" }

    private init(parent: DownloadDirectory, descriptor: Descriptor, owner: UInt32) {
        self.parent = parent
        self.descriptor = descriptor
        self.owner = owner
    }

    /// Opens the directory, and makes it when `create` says so.
    ///
    /// - Returns: nil where it does not exist and is not to be made.
    /// - Throws: ``Failure`` with `storage` where something else has its name, `refused` where it
    ///   belongs to another user, who could then exchange the files in it.
    static func open(in parent: DownloadDirectory, create: Bool) throws(Failure) -> PartsDirectory?
    {
        let name = DownloadDirectory.partsName
        let path = "\(parent.path)/\(name)"
        var descriptor: Descriptor?
        do {
            descriptor = try openOnce(in: parent)
            if descriptor == nil, create {
                try make(in: parent)
                descriptor = try openOnce(in: parent)
            }
        } catch {
            if error.code == ENOTDIR || error.code == ELOOP {
                throw Failure(
                    .storage,
                    "\(path) is not a directory",
                    hint: "adm keeps partial files there; rename what has that name"
                )
            }
            throw Failure(error, "cannot open \(path)")
        }
        guard let descriptor else { return nil }
        let status = try Failure.describing("cannot read \(path)") { () throws(Errno) in
            try descriptor.status()
        }
        guard status.owner == geteuid() || status.owner == apparentOwner(in: descriptor) else {
            throw Failure(
                .refused,
                "\(path) belongs to another user",
                hint: "choose a directory of your own with --dir"
            )
        }
        if status.permissions & 0o022 != 0 { fchmod(descriptor.number, 0o700) }
        return PartsDirectory(parent: parent, descriptor: descriptor, owner: status.owner)
    }

    /// Removes the directory if nothing is left in it.
    func removeIfEmpty() {
        // Another download may have put its file there just now: then it stays.
        try? parent.descriptor.remove(DownloadDirectory.partsName, isDirectory: true)
    }

    private static func openOnce(in parent: DownloadDirectory) throws(Errno) -> Descriptor? {
        do {
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
            return try Descriptor.open(DownloadDirectory.partsName, flags, in: parent.descriptor)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    private static func make(in parent: DownloadDirectory) throws(Errno) {
        do {
            _ = try Errno.check {
                unsafe mkdirat(parent.descriptor.number, DownloadDirectory.partsName, 0o700)
            }
        } catch {
            if error.code != EEXIST { throw error }
        }
    }

    /// Who owns a file that this process makes: file systems without owners (FAT, network shares)
    /// show the same user for everything.
    private static func apparentOwner(in directory: Descriptor) -> UInt32? {
        let name = ".owner-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        guard let probe = try? Descriptor.open(name, flags, mode: 0o600, in: directory) else {
            return nil
        }
        defer { try? directory.remove(name) }
        return try? probe.status().owner
    }
}
