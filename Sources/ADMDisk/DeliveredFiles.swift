package import ADMModel
import ADMSystem
package import Foundation
import Glibc

/// Deletes files that adm delivered, as far as they are still what it put there.
///
/// Directories are opened once and never through a symbolic link in the place of what was a directory;
/// files are told by their number on the file system, not by their name.
package struct DeliveredFiles: Sendable {
    /// What became of a file.
    package enum Outcome: Sendable, Hashable {
        /// It was deleted.
        case deleted
        /// There is nothing under its name.
        case missing
        /// It is still there, and why.
        case kept(String)
    }

    /// What was recorded of a file.
    package struct Record: Sendable {
        /// Its directory, absolute.
        package var directory: String
        /// Its name there.
        package var name: String
        /// Its number on its file system; nil if it was not recorded.
        package var inode: Int64?
        /// Its length in bytes.
        package var length: Int64
        /// When it had its name and its record; nothing of it has changed since.
        package var finishedAt: Date
        /// Its digest, if one was checked.
        package var checksum: Checksum?

        /// Creates a file.
        package init(
            directory: String,
            name: String,
            inode: Int64?,
            length: Int64,
            finishedAt: Date,
            checksum: Checksum?
        ) {
            self.directory = directory
            self.name = name
            self.inode = inode
            self.length = length
            self.finishedAt = finishedAt
            self.checksum = checksum
        }
    }

    /// How far the clock of a file system may be ahead, in seconds.
    private static let tolerance = 0.05

    /// The directory below which every component of a path must be a directory, too; nil for none.
    private let root: String?
    /// The directory that was opened last, and which ones the others are.
    private var opened: (path: String, directory: Descriptor)?
    private var identities: [String: FileIdentity] = [:]

    /// Begins; `root` is the directory of the workspace.
    package init(root: String?) { self.root = root }

    /// Deletes a file if nobody has changed, moved or replaced it or its directory.
    package mutating func delete(_ record: Record) -> Outcome {
        guard !SafeName.isReserved(record.name), !record.name.utf8.contains(0x2F) else {
            return .kept("its name is not a valid file name")
        }
        do throws(Errno) {
            guard let folder = try directory(record.directory),
                let status = try folder.status(of: record.name)
            else { return .missing }
            if let reason = try difference(status, record, in: folder) { return .kept(reason) }
            try folder.remove(record.name)
            return .deleted
        } catch {
            let isReplaced = error.code == ENOTDIR || error.code == ELOOP
            return .kept(isReplaced ? "its directory is a symbolic link now" : error.text)
        }
    }

    /// Removes the directories that files were looked for in, as far as they are below the root, and the
    /// root itself: those that are empty and still in their places.
    package mutating func removeEmptyDirectories() {
        guard let root else { return }
        _ = try? directory(root)
        opened = nil
        let own = identities.filter { $0.key == root || $0.key.hasPrefix(root + "/") }
        // The longest first: what lies inside must go before what holds it.
        for (path, identity) in own.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
            let above = ParentPath.of(path)
            let name = String(path.dropFirst(above == "/" ? 1 : above.count + 1))
            guard let folder = try? parent(above, isOutside: path == root),
                let named = try? folder.status(of: name), named.identity == identity
            else { continue }
            // unlinkat(2) refuses a directory that holds anything.
            try? folder.remove(name, isDirectory: true)
        }
    }

    // MARK: - Files

    /// What tells that a file is not the one that was delivered; nil for nothing.
    private func difference(
        _ status: FileStatus,
        _ record: Record,
        in directory: Descriptor
    ) throws(Errno) -> String? {
        guard status.kind == .regular else { return "it is not a regular file any more" }
        guard let inode = record.inode else {
            return "an older adm did not record which file it is"
        }
        guard status.identity.inode == inode else { return "another file has its name now" }
        guard status.length == record.length else {
            return "its length is not the one that was downloaded"
        }
        let end = record.finishedAt.timeIntervalSince1970 + DeliveredFiles.tolerance
        if status.changedAt <= end { return nil }
        // Somebody touched it, or only its name and permissions: the bytes or their time tell.
        if let checksum = record.checksum {
            let file = try Descriptor.open(
                record.name,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
                in: directory
            )
            guard try file.status().identity == status.identity,
                try digest(checksum.algorithm, of: file, status.length) == checksum.hex
            else { return "its bytes are not those that were downloaded" }
            return nil
        }
        return status.modifiedAt <= end ? nil : "it was changed since it was downloaded"
    }

    private func digest(
        _ algorithm: DigestAlgorithm,
        of file: Descriptor,
        _ length: Int64
    ) throws(Errno) -> String {
        var digest = StreamingDigest(algorithm)
        guard length > 0 else { return digest.finish() }
        do throws(Failure) {
            let reading = FileReading(file: file, path: "")
            try unsafe reading.read(ByteRange(0, length)) { unsafe digest.update($0) }
        } catch { throw Errno(EIO) }
        return digest.finish()
    }

    // MARK: - Directories

    private var flags: Int32 { O_RDONLY | O_DIRECTORY }

    /// The open directory of a path; nil if it is gone.
    private mutating func directory(_ path: String) throws(Errno) -> Descriptor? {
        if let opened, opened.path == path { return opened.directory }
        do {
            let directory = try open(path)
            opened = (path, directory)
            identities[path] = try directory.status().identity
            return directory
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    private func parent(_ path: String, isOutside: Bool) throws(Errno) -> Descriptor {
        guard !isOutside else { return try Descriptor.open(path, flags) }
        return try open(path)
    }

    private func open(_ path: String) throws(Errno) -> Descriptor {
        guard let root, path.hasPrefix(root + "/") else {
            return try Descriptor.open(path, flags | O_NOFOLLOW)
        }
        var directory = try Descriptor.open(root, flags | O_NOFOLLOW)
        for component in path.dropFirst(root.count + 1).split(separator: "/") {
            directory = try Descriptor.open(String(component), flags | O_NOFOLLOW, in: directory)
        }
        return directory
    }
}
