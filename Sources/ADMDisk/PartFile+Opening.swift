package import ADMModel
import ADMSystem
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
