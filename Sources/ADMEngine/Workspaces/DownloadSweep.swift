import ADMCatalog
import ADMModel
import ADMScheduling
import Foundation
import Glibc

/// Deletes what adm saved for the jobs of one workspace, and nothing else.
///
/// A file goes only where a succeeded job put it under that very name, and while it still is a
/// regular file of the same length; a person may have put something else there since.
struct DownloadSweep {
    /// The files that were deleted.
    private(set) var deleted: [String] = []
    /// The files that are still there although a job delivered them.
    private(set) var kept: [WorkspaceRemoval.KeptFile] = []

    /// Goes through all jobs of a database.
    ///
    /// `directory` is the workspace's own; it and the directories of jobs below it go when they are
    /// empty then. Nil where it is not known.
    ///
    /// - Throws: ``Failure`` where the database cannot be read; what was deleted by then is recorded.
    mutating func run(_ catalog: Catalog, directory: String?) async throws(Failure) {
        var last: Int64?
        var directories: Set<String> = []
        while true {
            let jobs = try await catalog.jobs(after: last, limit: 500)
            for job in jobs {
                directories.insert(job.directory)
                await sweep(job)
            }
            guard let number = jobs.last?.number else { break }
            last = number
        }
        guard let directory else { return }
        var empty = directories.filter { $0.hasPrefix(directory + "/") }
        empty.insert(directory)
        // The longest first: what lies inside must go before what holds it.
        for path in empty.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            // rmdir(2) refuses a directory that holds anything.
            _ = unsafe rmdir(path)
        }
    }

    private mutating func sweep(_ job: Job) async {
        guard job.state == .succeeded else {
            try? await Leftover.discard(job)
            return
        }
        // A job that found the file there already succeeded too, but counted no bytes for it.
        guard let path = job.destination, let length = job.bytesTotal, job.bytesDone == length
        else { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return keep(path, "it is not a regular file any more")
        }
        guard Int64(status.st_size) == length else {
            return keep(path, "its length is not the one that was downloaded")
        }
        guard unsafe unlink(path) == 0 else {
            return keep(path, unsafe String(cString: strerror(errno)))
        }
        deleted.append(path)
    }

    private mutating func keep(_ path: String, _ reason: String) {
        kept.append(WorkspaceRemoval.KeptFile(path: path, reason: reason))
    }
}
