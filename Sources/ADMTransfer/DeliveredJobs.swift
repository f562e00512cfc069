import ADMDisk
package import ADMModel
import ADMSystem

/// Deletes what succeeded jobs delivered, as far as it is still what adm put there.
package struct DeliveredJobs: Sendable {
    private var files: DeliveredFiles

    /// Begins; `directory` is the workspace's own.
    package init(directory: String?) { files = DeliveredFiles(root: directory) }

    /// Deletes the file of a job.
    ///
    /// - Returns: Whether it was deleted; else why it was kept, nil if there is none.
    package mutating func delete(_ job: Job) async -> (isDeleted: Bool, kept: String?) {
        // A job that found the file there already succeeded too, but counted no bytes for it.
        guard job.state == .succeeded, let name = job.fileName, let length = job.bytesTotal,
            job.bytesDone == length, let finishedAt = job.finishedAt
        else { return (false, nil) }
        let record = DeliveredFiles.Record(
            directory: job.directory,
            name: name,
            inode: job.deliveredInode,
            length: length,
            finishedAt: finishedAt,
            checksum: job.verification?.checksum
        )
        let before = files
        let (after, outcome) = await Blocking.run {
            var files = before
            let outcome = files.delete(record)
            return (files, outcome)
        }
        files = after
        switch outcome {
        case .deleted: return (true, nil)
        case .missing: return (false, nil)
        case .kept(let reason): return (false, reason)
        }
    }

    /// Removes the directories that files were looked for in, if they are empty now.
    package func removeEmptyDirectories() async {
        let files = files
        await Blocking.run {
            var files = files
            files.removeEmptyDirectories()
        }
    }
}
