public import Foundation

/// Where a job stands.
///
/// Only the moves of ``mayBecome(_:)`` are legal; the database refuses others.
public enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Waits for its time.
    case scheduled
    /// Waits for a slot.
    case ready
    /// Bytes are arriving.
    case running
    /// Whole and verified; the file is being moved to its final name.
    case finalizing
    /// Done: the file is under its final name.
    case succeeded
    /// Held until somebody resumes it.
    case paused
    /// Waits until the next attempt.
    case retrying
    /// Waits for another job.
    case blocked
    /// Given up; the reason is recorded.
    case failed
    /// Stopped for good by a person or another process.
    case cancelled

    /// Whether nothing more happens to the job by itself.
    public var isFinal: Bool {
        switch self {
        case .succeeded, .failed, .cancelled: true
        default: false
        }
    }

    /// Whether the state machine allows this move.
    ///
    /// A job that waits fails only if its row cannot be read.
    public func mayBecome(_ next: JobState) -> Bool {
        switch (self, next) {
        case (.scheduled, .ready), (.blocked, .ready), (.blocked, .scheduled), (.blocked, .failed),
            (.ready, .running), (.ready, .scheduled),
            (.scheduled, .failed), (.ready, .failed), (.retrying, .failed),
            (.running, .finalizing), (.running, .ready), (.running, .paused), (.running, .retrying),
            (.running, .failed), (.running, .cancelled), (.running, .succeeded),
            (.finalizing, .succeeded), (.finalizing, .ready), (.finalizing, .failed),
            (.finalizing, .running), (.retrying, .ready), (.retrying, .running),
            (.paused, .ready), (.paused, .scheduled), (.paused, .blocked), (.ready, .paused),
            (.scheduled, .paused), (.retrying, .paused),
            (.blocked, .paused),
            (.failed, .ready), (.failed, .blocked), (.cancelled, .blocked), (.cancelled, .ready),
            (.succeeded, .ready),
            (.scheduled, .cancelled), (.ready, .cancelled), (.paused, .cancelled),
            (.blocked, .cancelled), (.retrying, .cancelled):
            true
        default: false
        }
    }
}

/// What to do when the destination exists already.
public enum ConflictPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Leave the file alone and call the job done.
    case skip
    /// Replace the file, after the new one is whole and verified.
    case overwrite
    /// Fail with `exists`.
    case error
    /// Save as `name (1).ext`, `name (2).ext`, …
    case rename
}

/// One job as its row says it.
public struct Job: Sendable, Hashable, Codable {
    /// Its identifier everywhere.
    public var id: JobID
    /// Its short number inside the workspace, for people.
    public var number: Int64
    /// What was asked for.
    ///
    /// Secret header fields are not in it.
    public var request: JobRequest
    /// Names of the header fields that were given but not stored because they are secret.
    public var withheldHeaders: [String]
    /// Where it stands.
    public var state: JobState
    /// Where the redirects led at the last attempt.
    public var finalURL: SourceURL?
    /// The directory it is saved into, absolute.
    public var directory: String
    /// The chosen file name, once known.
    public var fileName: String?
    /// Bytes safely on disk.
    public var bytesDone: Int64
    /// The whole length, once known.
    public var bytesTotal: Int64?
    /// What tells whether the file on the server is still the same.
    public var validators: Validators
    /// How many attempts were started.
    public var attempts: Int
    /// The digest that was checked, and of what worth the check was.
    public var verification: Verification?
    /// Why the last attempt failed.
    public var failure: Failure?
    /// When it was added.
    public var createdAt: Date
    /// When its first attempt began.
    public var startedAt: Date?
    /// When it reached a final state.
    public var finishedAt: Date?
    /// Seconds during which bytes were fetched, over all attempts.
    public var transferSeconds: Double
    /// When it may run next: its scheduled time, or the end of the wait before a retry.
    public var runAt: Date
    /// The number of the job whose success it waits for.
    public var after: Int64?
    /// Why it is held; nil if it is not.
    public var pausedBy: PauseCause?
    /// The words it was marked with, sorted.
    public var tags: [String]
    /// The number of the delivered file on its file system, as a bit pattern; nil before a success.
    package var deliveredInode: Int64?

    /// Creates a job value; the catalog fills it from its row.
    public init(
        id: JobID,
        number: Int64,
        request: JobRequest,
        withheldHeaders: [String] = [],
        state: JobState,
        finalURL: SourceURL? = nil,
        directory: String,
        fileName: String? = nil,
        bytesDone: Int64 = 0,
        bytesTotal: Int64? = nil,
        validators: Validators = Validators(),
        attempts: Int = 0,
        verification: Verification? = nil,
        failure: Failure? = nil,
        createdAt: Date,
        startedAt: Date? = nil,
        finishedAt: Date? = nil,
        transferSeconds: Double = 0,
        runAt: Date? = nil,
        after: Int64? = nil,
        pausedBy: PauseCause? = nil,
        tags: [String] = []
    ) {
        self.id = id
        self.number = number
        self.request = request
        self.withheldHeaders = withheldHeaders
        self.state = state
        self.finalURL = finalURL
        self.directory = directory
        self.fileName = fileName
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.validators = validators
        self.attempts = attempts
        self.verification = verification
        self.failure = failure
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.transferSeconds = transferSeconds
        self.runAt = runAt ?? createdAt
        self.after = after
        self.pausedBy = pausedBy
        self.tags = tags
    }

    /// The file under its final name; nil while the name is not known.
    public var destination: String? { fileName.map { "\(directory)/\($0)" } }
}
