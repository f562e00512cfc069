package import ADMModel
package import ADMSystem
import Foundation
import Glibc

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
