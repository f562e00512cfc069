import ADMDisk
package import ADMModel
import ADMSystem
import ADMTransfer

/// Deletes the downloads of a workspace that is removed, as far as they are still what adm put there.
package struct DeletedDownloads: Sendable {
    private var jobs: DeliveredJobs

    /// Creates an empty list; `directory` is the workspace's own, nil if it is not known.
    package init(directory: String?) { jobs = DeliveredJobs(directory: directory) }

    /// Deletes what a job left: the file of one that succeeded, the part file of any other.
    ///
    /// - Returns: Whether a file was deleted; else why it was kept, nil if there is none.
    package mutating func delete(_ job: Job) async -> (isDeleted: Bool, kept: String?) {
        guard job.state == .succeeded else {
            try? await Blocking.run { try PartFile.discard(directory: job.directory, job: job.id) }
            return (false, nil)
        }
        return await jobs.delete(job)
    }

    /// Removes the directories of the jobs, if they are the workspace's and empty now.
    package func removeEmptyDirectories() async { await jobs.removeEmptyDirectories() }
}
