package import ADMModel
import ADMSystem
import Glibc

extension PartFile {
    /// Chooses the final name; nothing changes on disk.
    ///
    /// Record the answer before ``place(as:replacing:)``, so that a crash in between is understood.
    /// A name that already is this very file counts as free: the process died after naming it.
    ///
    /// - Returns: `name`, or with the policy `rename` the first free of `name (1).ext`, ….
    /// - Throws: ``Failure`` with `exists` if the name is taken and the policy is `skip` or
    ///   `error`, or what has it is not a file and the policy is `overwrite`; `refused` for a name that
    ///   is not a single component; `storage` if the directory was moved or cannot be read.
    package func chooseName(_ name: String, policy: ConflictPolicy) throws(Failure) -> String {
        try requireComponent(name)
        try requireDirectory()
        guard try taker(of: name) != nil else { return name }
        switch policy {
        case .skip, .error:
            throw exists(name)
        case .overwrite:
            try requireReplaceable(name)
            return name
        case .rename:
            for number in 1...99_999 {
                let candidate = SafeName.numbered(name, number)
                if try taker(of: candidate) == nil { return candidate }
            }
            throw exists(name)
        }
    }

    /// Sees that a whole file is as adm wrote it, that what happens to it from now on is noticed, and chooses its
    /// final name.
    ///
    /// Call ``sync()`` first.
    ///
    /// - Returns: The name, or why there is none: see ``chooseName(_:policy:)``.
    /// - Throws: ``Failure`` with `storage` if another program shortened, changed or replaced it.
    package func seal(
        length: Int64,
        as name: String,
        policy: ConflictPolicy
    ) throws(Failure) -> Result<String, Failure> {
        try seal()
        try requireUntouched(length: length)
        if PageCache.isFlooded(by: length) { dropCache(upTo: length) }
        return Result { () throws(Failure) in try chooseName(name, policy: policy) }
    }

    /// Gives the file its final name in one step.
    ///
    /// Call ``sync()`` first, and ``syncName()`` afterwards. The permissions become what the user's mask leaves of 0666, or those
    /// of the file that is replaced. The lock stays until the value is gone. Calling it again after a success does nothing.
    ///
    /// - Parameters:
    ///   - name: What ``chooseName(_:policy:)`` answered.
    ///   - replacing: Whether a regular file or a symbolic link of that name, itself, is replaced.
    /// - Throws: ``Failure`` with `exists` if the name has been taken in the meantime: choose again. With
    ///   `storage` if the partial file or the directory was changed, moved or replaced by another
    ///   program, bytes were lost (see ``sync()``), or the disk refuses.
    package func place(as name: String, replacing: Bool) throws(Failure) {
        try requireComponent(name)
        try requireAllBytes()
        try requireDirectory()
        if try !isDelivered(as: name) {
            guard try isInPlace else {
                throw Failure(
                    .storage,
                    "\(path) was moved, removed or replaced by another program",
                    hint: "fetch the file again"
                )
            }
            try requireUnchanged()
            try setPermissions(like: replacing ? taker(of: name) : nil)
            try rename(to: name, replacing: replacing)
        }
        // A crash between two names, or a rename to another name of the same file, leaves the old.
        if try isInPlace { try remove() }
        parts.removeIfEmpty()
    }

    /// Makes the final name survive a power loss (`man 2 fsync`).
    ///
    /// - Throws: ``Failure`` with `storage`.
    package func syncName() throws(Failure) {
        try Failure.describing("cannot make a file in \(directory) durable") { () throws(Errno) in
            try parts.parent.descriptor.syncDirectory()
        }
    }

    /// Chooses the name and gives it, again as long as others take the chosen name first.
    ///
    /// For callers that have nothing to record in between.
    ///
    /// - Returns: The final name.
    /// - Throws: ``Failure`` as ``chooseName(_:policy:)`` and ``place(as:replacing:)`` do.
    package func deliver(as name: String, policy: ConflictPolicy) throws(Failure) -> String {
        while true {
            let chosen = try chooseName(name, policy: policy)
            do {
                try place(as: chosen, replacing: policy == .overwrite)
                try syncName()
                return chosen
            } catch {
                guard error.code == .exists, policy == .rename else { throw error }
            }
        }
    }

    /// Removes the partial file, and the directory of partial files when nothing is left in it.
    ///
    /// After a delivery, or if another program replaced the file, there is nothing to remove.
    ///
    /// - Throws: ``Failure`` with `storage`.
    package func discard() throws(Failure) {
        guard try isInPlace else { return }
        try remove()
        parts.removeIfEmpty()
    }

    /// Gives the file the permissions of another one, and if that is allowed its owner and group, or
    /// those of a new file.
    ///
    /// File systems without permissions refuse; the file is as readable as they make it.
    private func setPermissions(like other: FileStatus?) throws(Failure) {
        guard let other, other.kind == .regular else {
            fchmod(file.number, 0o666 & ~OwnProcess.creationMask)
            return
        }
        var mode = other.permissions & 0o777
        let nobody = UInt32.max
        if fchown(file.number, other.owner, other.group) != 0,
            fchown(file.number, nobody, other.group) != 0, try group != other.group
        {
            // Another group gets no more than everybody.
            mode = mode & 0o707 | (mode & 0o7) << 3 & mode
        }
        fchmod(file.number, mode)
    }

    private func remove() throws(Failure) {
        try Failure.describing("cannot remove \(path)") { () throws(Errno) in
            try parts.descriptor.remove(name)
        }
    }

    private func rename(to name: String, replacing: Bool) throws(Failure) {
        if replacing { try requireReplaceable(name) }
        do {
            try step(to: name, replacing: replacing)
        } catch {
            // A network file system may repeat a request that it carried out already.
            if error.code == EEXIST, try isDelivered(as: name) { return }
            if error.code == EEXIST { throw exists(name) }
            throw Failure(error, "cannot rename \(path) to \(directory)/\(name)")
        }
    }

    private func step(to name: String, replacing: Bool) throws(Errno) {
        let (source, target) = (parts.descriptor, parts.parent.descriptor)
        guard replacing else {
            return try ExclusiveRename(
                source: source,
                oldName: self.name,
                target: target,
                newName: name
            ).run()
        }
        try source.rename(self.name, to: name, in: target)
    }

    private func isDelivered(as name: String) throws(Failure) -> Bool {
        try parts.parent.status(of: name)?.identity == identity
    }

    /// What has a name in the directory, unless it is this file itself.
    private func taker(of name: String) throws(Failure) -> FileStatus? {
        guard let status = try parts.parent.status(of: name), status.identity != identity else {
            return nil
        }
        return status
    }

    private func requireReplaceable(_ name: String) throws(Failure) {
        switch try taker(of: name)?.kind {
        case nil, .regular, .link: return
        case .directory: throw exists(name, "is a directory")
        case .special: throw exists(name, "is a pipe, socket or device")
        }
    }

    private func requireComponent(_ name: String) throws(Failure) {
        guard !SafeName.isReserved(name), name.utf8.allSatisfy({ $0 != 0 && $0 != 0x2F }) else {
            throw Failure(.refused, "\(name.debugDescription) is not a file name")
        }
    }

    private func requireDirectory() throws(Failure) {
        guard !parts.parent.isInPlace else { return }
        throw Failure(
            .storage,
            "\(directory) was moved, removed or replaced during the download",
            hint: "put the directory back and resume the job; the bytes so far are in its"
                + " \(parts.name)"
        )
    }

    private func exists(_ name: String, _ what: String = "exists already") -> Failure {
        Failure(
            .exists,
            "\(directory)/\(name) \(what)",
            hint: "choose another name with --filename, or another --if-exists"
        )
    }
}

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

extension PartFile {
    /// Lets the kernel forget its copy of the first bytes (`man 2 posix_fadvise`).
    ///
    /// What is not on the disk yet stays. It is advice: nothing is lost if it is not taken.
    package func dropCache(upTo end: Int64) {
        posix_fadvise(file.number, 0, Int(end), POSIX_FADV_DONTNEED)
    }
}
