import ADMCatalog
import ADMModel
import ADMScheduling

/// Deletes what adm saved for the jobs of one workspace, and nothing else.
///
/// A file goes only where a succeeded job put it under that very name and it is that very file still,
/// unchanged; a person may have put something else there since, or a link in the place of its directory.
struct DownloadSweep {
    /// The files that were deleted.
    private(set) var deleted: [String] = []
    /// The files that are still there although a job delivered them.
    private(set) var kept: [WorkspaceRemoval.KeptFile] = []

    /// Goes through all jobs of a database.
    ///
    /// `directory` is the workspace's own; it and the directories of jobs below it go when they are
    /// empty then. Nil if it is not known.
    ///
    /// - Throws: ``Failure`` if the database cannot be read; what was deleted by then is recorded.
    mutating func run(_ catalog: Catalog, directory: String?) async throws(Failure) {
        var downloads = DeletedDownloads(directory: directory)
        var last: Int64?
        while true {
            let jobs = try await catalog.list.jobs(after: last, limit: 500)
            for job in jobs {
                let outcome = await downloads.delete(job)
                guard let path = job.destination else { continue }
                if outcome.isDeleted { deleted.append(path) }
                if let reason = outcome.kept {
                    kept.append(WorkspaceRemoval.KeptFile(path: path, reason: reason))
                }
            }
            guard let number = jobs.last?.number else { break }
            last = number
        }
        await downloads.removeEmptyDirectories()
    }
}
