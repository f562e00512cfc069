import ADMModel
import ADMSystem
import Glibc

/// The private directory for partial files inside a download directory: same file system, so that
/// a finished file only needs a new name.
///
/// If several users download into one directory, the first one's has the plain name and the others'
/// have names of their own.
final class PartsDirectory: Sendable {
    /// The directory that it lies in.
    let parent: DownloadDirectory
    /// The open directory.
    let descriptor: Descriptor
    /// The owner of what this user creates there.
    let owner: UInt32
    /// Its name in ``parent``.
    let name: String

    /// Its path, for messages.
    var path: String { "\(parent.path)/\(name)" }

    private init(parent: DownloadDirectory, descriptor: Descriptor, owner: UInt32, name: String) {
        self.parent = parent
        self.descriptor = descriptor
        self.owner = owner
        self.name = name
    }

    /// The names that it may have, the usual one first.
    private static var names: [String] {
        [SafeName.partsDirectory, "\(SafeName.partsDirectory)-\(geteuid())"]
    }

    /// Whether a directory has one of the names, no matter whose it is.
    static func exists(in parent: DownloadDirectory) throws(Failure) -> Bool {
        for name in names where try parent.status(of: name)?.kind == .directory { return true }
        return false
    }

    /// The directories of this user that are there.
    ///
    /// - Throws: ``Failure`` as ``open(in:for:create:)`` does.
    static func all(in parent: DownloadDirectory) throws(Failure) -> [PartsDirectory] {
        var found: [PartsDirectory] = []
        for name in names {
            if case .own(let directory) = try look(name, in: parent) { found.append(directory) }
        }
        return found
    }

    /// Opens the directory for a file of this name: the one that has it, else one that is there, else with
    /// `create` a new one.
    ///
    /// - Returns: nil if there is none, or another process removed it while it was being opened.
    /// - Throws: ``Failure`` with `storage` if something else has its name, `refused` if even the
    ///   name that is this user's own belongs to another user.
    static func open(
        in parent: DownloadDirectory,
        for file: String,
        create: Bool
    ) throws(Failure) -> PartsDirectory? {
        let present = try all(in: parent)
        for directory in present {
            let status = try Failure.describing("cannot read \(directory.path)") {
                () throws(Errno) in try directory.descriptor.status(of: file)
            }
            if status != nil { return directory }
        }
        if let first = present.first { return first }
        guard create else { return nil }
        for name in names {
            do {
                try parent.descriptor.makeDirectory(name, mode: 0o700)
            } catch {
                guard error.code == EEXIST else {
                    throw Failure(error, "cannot open \(parent.path)/\(name)")
                }
            }
            switch try look(name, in: parent) {
            case .own(let directory): return directory
            case .missing: return nil
            case .foreign: continue
            }
        }
        throw Failure(
            .refused,
            "\(parent.path)/\(names.last ?? "") belongs to another user",
            hint: "choose a directory of your own with --dir"
        )
    }

    private enum Finding {
        case own(PartsDirectory)
        case foreign
        case missing
    }

    /// Opens what has a name.
    ///
    /// Another user could exchange the files in a directory of theirs.
    private static func look(
        _ name: String,
        in parent: DownloadDirectory
    ) throws(Failure) -> Finding {
        let path = "\(parent.path)/\(name)"
        guard let named = try parent.status(of: name) else { return .missing }
        let descriptor: Descriptor
        do {
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
            descriptor = try Descriptor.open(name, flags, in: parent.descriptor)
        } catch {
            if error.code == ENOENT { return .missing }
            if named.owner != geteuid(), [ENOTDIR, ELOOP, EACCES].contains(error.code) {
                return .foreign
            }
            if error.code == ENOTDIR || error.code == ELOOP {
                throw Failure(
                    .storage,
                    "\(path) is not a directory",
                    hint: "adm keeps partial files there; rename what has that name"
                )
            }
            throw Failure(error, "cannot open \(path)")
        }
        let status = try Failure.describing("cannot read \(path)") { () throws(Errno) in
            try descriptor.status()
        }
        guard status.owner == geteuid() || status.owner == apparentOwner(in: descriptor) else {
            return .foreign
        }
        if status.permissions & 0o022 != 0 { fchmod(descriptor.number, 0o700) }
        return .own(
            PartsDirectory(parent: parent, descriptor: descriptor, owner: status.owner, name: name)
        )
    }

    /// Removes the directory if nothing is left in it.
    func removeIfEmpty() {
        // Another download may have put its file there just now: then it stays.
        try? parent.descriptor.remove(name, isDirectory: true)
    }

    /// The owner of a file that this process creates: file systems without owners (FAT, network shares)
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
