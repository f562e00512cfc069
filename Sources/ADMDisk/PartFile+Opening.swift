package import ADMModel
package import ADMSystem
import Foundation
import Glibc

extension PartFile {
    private enum Opening {
        case opened(PartFile)
        case missing
        case moved
    }

    /// Opens and locks the partial file of a job.
    ///
    /// With `create`, the directory, its parents and the partial file are created if they are
    /// missing. The lock lasts as long as the value; the kernel frees it when the process dies.
    ///
    /// - Parameters:
    ///   - directory: Where the finished file goes, absolute.
    ///   - job: The job.
    ///   - create: Whether to make what is missing.
    /// - Returns: nil if it does not exist and is not to be made.
    /// - Throws: ``Failure`` with `locked` while another opening holds it, in this process or
    ///   another; `storage`, `noSpace` or `refused` that names the directory and the remedy.
    package static func open(
        directory: String,
        job: JobID,
        create: Bool
    ) throws(Failure) -> PartFile? {
        guard let folder = try DownloadDirectory.open(directory, create: create) else { return nil }
        if create { try folder.requireWritable() }
        // Another process may remove the empty directory of partial files, or finish with the file,
        // between two steps of one attempt.
        for _ in 0..<100 {
            let parts = try PartsDirectory.open(in: folder, for: name(job), create: create)
            guard let parts else {
                if create { continue }
                return nil
            }
            switch try openOnce(job, in: parts, create: create) {
            case .opened(let part): return part
            case .missing: return nil
            case .moved: continue
            }
        }
        throw Failure(.storage, "\(folder.path) changes too fast to open a partial file in it")
    }

    private static func openOnce(
        _ job: JobID,
        in parts: PartsDirectory,
        create: Bool
    ) throws(Failure) -> Opening {
        let path = "\(parts.path)/\(name(job))"
        let made = create ? try make(job, in: parts) : nil
        let found = made == nil ? try existing(job, in: parts) : nil
        guard let file = made ?? found else {
            // Making it found it there and opening found it gone: the next attempt decides.
            return create ? .moved : .missing
        }
        let status = try Failure.describing("cannot read \(path)") { () throws(Errno) in
            try file.status()
        }
        // The superuser may have died after giving the file to the owner of the one that it replaces.
        guard status.kind == .regular, status.owner == parts.owner || parts.owner == 0 else {
            throw foreign(path)
        }
        try lock(file, path)
        let part = PartFile(
            job: job,
            parts: parts,
            file: file,
            status: status,
            isNew: made != nil
        )
        // The process that held the lock before may have delivered the file that was opened here.
        return try part.isInPlace ? .opened(part) : .moved
    }

    /// Creates the file; nil if it is there already or its directory has been removed.
    private static func make(
        _ job: JobID,
        in parts: PartsDirectory
    ) throws(Failure) -> Descriptor? {
        do {
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
            return try Descriptor.open(name(job), flags, mode: 0o600, in: parts.descriptor)
        } catch {
            if error.code == EEXIST || error.code == ENOENT { return nil }
            throw Failure(error, "cannot create \(parts.path)/\(name(job))")
        }
    }

    /// Opens the file if it is one, never a pipe, device or link; nil if there is nothing.
    private static func existing(
        _ job: JobID,
        in parts: PartsDirectory
    ) throws(Failure) -> Descriptor? {
        let path = "\(parts.path)/\(name(job))"
        let status = try Failure.describing("cannot read \(path)") { () throws(Errno) in
            try parts.descriptor.status(of: name(job))
        }
        guard let status else { return nil }
        guard status.kind == .regular else { throw foreign(path) }
        if status.owner == geteuid(), status.permissions & 0o600 != 0o600 {
            // A process died between giving it the permissions of the file that it replaces and the name.
            unsafe fchmodat(parts.descriptor.number, name(job), 0o600, 0)
        }
        // A process that has it locked must not see it opened for writing: that would be taken for a change.
        guard let reader = try open(job, O_RDONLY, in: parts) else { return nil }
        try lock(reader, path)
        flock(reader.number, LOCK_UN)
        return try open(job, O_RDWR, in: parts)
    }

    private static func open(
        _ job: JobID,
        _ flags: Int32,
        in parts: PartsDirectory
    ) throws(Failure) -> Descriptor? {
        do {
            let flags = flags | O_NOFOLLOW | O_NONBLOCK
            return try Descriptor.open(name(job), flags, in: parts.descriptor)
        } catch {
            if error.code == ENOENT { return nil }
            throw Failure(error, "cannot open \(parts.path)/\(name(job))")
        }
    }

    /// A process that only tidies up after a dead one holds the lock for a moment.
    private static func lock(_ file: Descriptor, _ path: String) throws(Failure) {
        for _ in 0..<50 {
            do {
                _ = try Errno.check { flock(file.number, LOCK_EX | LOCK_NB) }
                return
            } catch {
                guard error.code == EWOULDBLOCK else { throw Failure(error, "cannot lock \(path)") }
                usleep(20_000)
            }
        }
        throw Failure(
            .locked,
            "another adm process is downloading this (\(path) is locked)",
            hint: "wait until it is done, or stop it there"
        )
    }

    private static func foreign(_ path: String) -> Failure {
        Failure(
            .refused,
            "\(path) is not a file that adm made",
            hint: "another program put it there; look at it and remove it"
        )
    }
}

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

extension PartFile {
    /// Whether a delivery got as far as the final name before the process died.
    ///
    /// A file system's number may change when the machine starts again; the file's number and its
    /// length then decide.
    ///
    /// - Parameters:
    ///   - directory: The directory, absolute.
    ///   - name: The recorded final name.
    ///   - identity: The recorded identity of the partial file.
    ///   - length: The recorded length; nil if it is not known.
    /// - Returns: true if that very file, not a link to it, has the name. false if it is
    ///   another's file: it must not be touched.
    /// - Throws: ``Failure`` with `storage` if the directory cannot be looked into now: then nobody
    ///   knows.
    package static func isDelivered(
        directory: String,
        name: String,
        identity: FileIdentity,
        length: Int64? = nil
    ) throws(Failure) -> Bool {
        guard !SafeName.isReserved(name), !name.utf8.contains(0x2F),
            let folder = try DownloadDirectory.open(directory, create: false),
            let status = try folder.status(of: name), status.kind == .regular,
            status.identity.inode == identity.inode
        else { return false }
        guard let length else { return status.identity == identity }
        return status.length == length
    }

    /// Whether a job has a partial file in a directory, locked or not.
    package static func exists(directory: String, job: JobID) -> Bool {
        guard let folder = try? DownloadDirectory.open(directory, create: false),
            let parts = try? PartsDirectory.open(in: folder, for: name(job), create: false)
        else { return false }
        return (try? parts.descriptor.status(of: name(job)))?.kind == .regular
    }

    /// Removes a job's partial file; none is fine.
    ///
    /// - Throws: ``Failure`` with `locked` while somebody downloads into it, `storage` if it
    ///   cannot be removed.
    package static func discard(directory: String, job: JobID) throws(Failure) {
        // If something else has the name of a directory, nothing of the job lies in it.
        let isDirectory = try Failure.describing("cannot read \(directory)") { () throws(Errno) in
            try FileStatus.following(directory)?.kind == .directory
        }
        guard isDirectory, let folder = try DownloadDirectory.open(directory, create: false),
            try PartsDirectory.exists(in: folder)
        else { return }
        try open(directory: directory, job: job, create: false)?.discard()
    }

    /// The jobs that have a partial file in a directory, in their order.
    ///
    /// - Throws: ``Failure`` with `storage` if the directory cannot be read.
    package static func leftovers(directory: String) throws(Failure) -> [JobID] {
        guard let folder = try DownloadDirectory.open(directory, create: false) else { return [] }
        var jobs: [JobID] = []
        for parts in try PartsDirectory.all(in: folder) {
            do {
                jobs += try FileManager.default.contentsOfDirectory(atPath: parts.path)
                    .filter { $0.hasSuffix(".part") }
                    .compactMap { JobID(String($0.dropLast(".part".count))) }
            } catch {
                throw Failure(
                    .storage,
                    "cannot list \(parts.path)",
                    cause: error.localizedDescription
                )
            }
        }
        return jobs.sorted()
    }
}
