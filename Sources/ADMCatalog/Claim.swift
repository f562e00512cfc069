package import ADMModel

/// The right to execute one job, until somebody else gets a newer one.
///
/// Every write of the executor names the claim's epoch; after the job went to somebody else, all
/// of them answer that they came too late and change nothing.
package struct Claim: Sendable, Hashable {
    /// The job as it was when it was claimed.
    package var job: Job
    /// Which claim on this job it is, counted from 1.
    package var epoch: Int64
    /// The liveness lock of the process that holds it.
    package var owner: String
    /// The bytes that were safely on disk at the last checkpoint.
    package var segments: SegmentMap
    /// Where the file was going when the claim was made; only for a job in `finalizing`.
    package var target: FinalTarget?
    /// How many attempts failed since the last gain.
    package var retries = 0
    /// The most bytes that it ever had.
    package var bestDone: Int64 = 0
    /// Whether the workspace has credentials in its database.
    package var mayHaveCredentials = true
    /// How many connections for one file the host lets in; nil if it did not object.
    package var allowedConnections: Int?
    /// Digests of the pieces of the file; nil if nobody gave them.
    package var pieces: PieceHashes?

    /// The job's number.
    package var number: Int64 { job.number }
}

/// Jobs that were taken together.
package struct ClaimedJobs: Sendable {
    /// The right to execute each.
    package var claims: [Claim] = []
    /// What happened to jobs that could not be read and were given up.
    package var events: [JobEvent] = []

    /// No jobs.
    package init() {}
}

/// What must be known to finish the move to the final name after a crash.
///
/// The whole and verified partial file is recognised by device and inode (stat(2)) under either
/// name.
package struct FinalTarget: Sendable, Hashable {
    /// The name in the job's directory.
    package var fileName: String
    /// The file system of the partial file.
    package var device: UInt64
    /// The partial file's inode.
    package var inode: UInt64
    /// Its length in bytes.
    package var size: Int64

    /// Creates a partial file and the name that it is to get.
    package init(fileName: String, device: UInt64, inode: UInt64, size: Int64) {
        self.fileName = fileName
        self.device = device
        self.inode = inode
        self.size = size
    }
}
