package import ADMDisk
package import ADMModel
import ADMSystem
import Glibc

/// Where a job's bytes go: the part file while they arrive, the final name at the end.
///
/// Everything that may wait for the disk runs off the cooperative pool.
package struct Destination: Sendable {
    /// The directory, absolute.
    package let directory: String
    /// The job.
    package let job: JobID
    private let groupSync: GroupSync

    /// Creates the place of a job.
    package init(directory: String, job: JobID, groupSync: GroupSync = GroupSync()) {
        self.directory = directory
        self.job = job
        self.groupSync = groupSync
    }

    /// Opens the part file of an earlier run and locks it.
    ///
    /// - Throws: ``Failure`` with `locked` if another process writes to it.
    /// - Returns: nil if there is none, or if it is shorter than the bytes recorded for it or longer
    ///   than the whole file, `total`.
    package func reopen(expecting done: SegmentMap, of total: Int64?) async throws -> PartFile? {
        try await Blocking.run {
            guard let part = try PartFile.open(directory: directory, job: job, create: false)
            else { return nil }
            let length = try part.length
            let isRight = length >= done.ranges.last?.end ?? 0 && length <= total ?? .max
            return isRight ? part : nil
        }
    }

    /// Prepares the part file for a file of the given length.
    ///
    /// - Throws: What `check` throws, which looks at the disk first; ``Failure`` with `noSpace` if the rest of the
    ///   file does not fit.
    package func prepare(
        _ existing: PartFile?,
        identity: RemoteFile,
        minFreeSpace: ByteCount,
        after check: @escaping @Sendable () throws -> Void
    ) async throws -> PartFile {
        try await Blocking.run {
            try check()
            if !identity.continues { try existing?.truncate(to: 0) }
            // What the part file occupies already, reserved space included, is not needed again.
            let held = try existing?.allocatedLength ?? 0
            let missing = max(0, (identity.validators.length ?? 0) - held)
            try FreeSpace.require(bytes: missing, keeping: minFreeSpace.bytes, at: directory)
            guard
                let part = try existing
                    ?? PartFile.open(directory: directory, job: job, create: true)
            else { throw Failure(.storage, "the part file in \(directory) cannot be made") }
            if existing == nil, !part.isNew { try part.truncate(to: 0) }
            part.keepFree(minFreeSpace)
            if let length = identity.validators.length, length > 1_048_576 {
                try part.reserve(length: length)
            }
            return part
        }
    }

    /// The name to save as: the person's, else the server's, else the URL's, else one made from the
    /// job's identifier; made safe if it is not the person's.
    package func name(_ identity: RemoteFile, request: JobRequest) throws(Failure) -> String {
        if let name = request.fileName { return try SafeName.checkUserName(name) }
        return identity.offeredName.flatMap(SafeName.fromHeader)
            ?? SafeName.fromURLSegment(identity.url.lastSegment)
            ?? SafeName.fromURLSegment(request.url.lastSegment)
            ?? SafeName.fallback(for: job)
    }

    /// Whether something has the final name already.
    package func exists(_ name: String) -> Bool {
        var status = stat()
        return unsafe lstat("\(directory)/\(name)", &status) == 0
    }

    /// Makes the bytes of the part file survive a power loss.
    ///
    /// - Throws: ``Failure`` with `storage` or `noSpace`.
    package func sync(_ part: PartFile) async throws(Failure) { try await groupSync.sync(part) }

    /// Whether another program touched a part file, and no digest said that it did no harm.
    package func isTouched(_ part: PartFile) -> Bool { part.isTouched }

    /// Whether another program touched or replaced a part file, so that nobody knows what is in it.
    package func hasChanged(_ part: PartFile) -> Bool { part.isTouched || part.isReplaced }

    /// Lets go of the part file, although the end of a request may still hold on to it.
    package func release(_ part: PartFile) { part.unlock() }

    /// Gives back the space of a part file that was reserved for bytes which never came.
    package func giveBackSpace(of part: PartFile) async {
        await Blocking.run { part.giveBackSpace() }
    }

    /// The same for a job that is not running.
    package func giveBackSpaceOfLeftover() async {
        await Blocking.run {
            // What cannot be opened now is left as it is.
            if let part = try? PartFile.open(directory: directory, job: job, create: false) {
                part.giveBackSpace()
            }
        }
    }

    /// Removes the part file.
    package func discard(_ part: PartFile) async throws {
        try await Blocking.run { try part.discard() }
    }

    /// Moves a whole, synced part file to its final name and syncs the directory.
    ///
    /// `announcing` records each name before it is taken; if it answers false, somebody else has
    /// the name. With ``ConflictPolicy/rename`` a name that is taken in the meantime leads to the next.
    ///
    /// - Parameters:
    ///   - part: The file.
    ///   - name: The name that it should have.
    ///   - chosen: What was chosen for it when it was whole, or why there is none.
    ///   - policy: What happens if the name is taken.
    ///   - announcing: Records a name, with the device and inode of the file.
    /// - Throws: ``Failure`` with `exists` if the name is taken and may not be replaced; what
    ///   `announcing` throws.
    /// - Returns: The name that it got.
    package func deliver(
        _ part: PartFile,
        as name: String,
        chosen: Result<String, Failure>,
        policy: ConflictPolicy,
        announcing:
            @Sendable (_ name: String, _ device: UInt64, _ inode: UInt64) async throws -> Bool
    ) async throws -> String {
        let device = UInt64(bitPattern: part.identity.device)
        let inode = UInt64(bitPattern: part.identity.inode)
        var wanted = name
        for counter in 1...1000 {
            let base = wanted
            let free: String
            if counter == 1 {
                free = try chosen.get()
            } else {
                free = try await Blocking.run { try part.chooseName(base, policy: policy) }
            }
            guard try await announcing(free, device, inode) else {
                guard policy == .rename else {
                    throw takenByJob(wanted)
                }
                wanted = SafeName.numbered(name, counter)
                continue
            }
            guard let failure = await place(part, as: free, policy) else { return free }
            guard failure.code == .exists, policy == .rename else { throw failure }
        }
        throw Failure(.exists, "no free name for \(name) was found in \(directory)")
    }

    /// The failure for a name that another unfinished job has.
    package func takenByJob(_ name: String) -> Failure {
        Failure(
            .exists,
            "another job is already saving to \(directory)/\(name)",
            hint: "wait for it, or choose another name with --filename"
        )
    }

    /// Gives a file its final name, and makes that durable; why that is not possible, if it is not.
    private func place(
        _ part: PartFile,
        as name: String,
        _ policy: ConflictPolicy
    ) async -> Failure? {
        do {
            try await groupSync.syncName(part) { () throws(Failure) in
                try part.place(as: name, replacing: policy == .overwrite)
            }
            return nil
        } catch { return error }
    }

    /// What became of a file that was being moved to its final name.
    package enum Whereabouts: Sendable {
        /// It has its final name, and the directory is synced.
        case delivered
        /// It is still the part file.
        case partial
        /// It is neither.
        case lost
    }

    /// Looks where a whole file is, by its device and inode.
    ///
    /// - Throws: ``Failure`` with `storage`.
    package func whereabouts(
        name: String,
        device: UInt64,
        inode: UInt64,
        length: Int64
    ) async throws -> Whereabouts {
        try await Blocking.run {
            let identity = FileIdentity(
                device: Int64(bitPattern: device),
                inode: Int64(bitPattern: inode)
            )
            let isDelivered = try PartFile.isDelivered(
                directory: directory,
                name: name,
                identity: identity,
                length: length
            )
            if let part = try PartFile.open(directory: directory, job: job, create: false) {
                guard isDelivered else { return .partial }
                // Both names exist: the process died between giving one and taking the other.
                try part.place(as: name, replacing: false)
                try part.syncName()
            } else if isDelivered {
                try PartFile.syncDirectory(directory)
            }
            return isDelivered ? .delivered : .lost
        }
    }
}
