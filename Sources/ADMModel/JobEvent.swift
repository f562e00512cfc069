public import Foundation

/// One fact about a job.
///
/// Names and fields are those that users of `rheo` know; fields are only ever added.
public struct JobEvent: Sendable, Hashable {
    /// Its number in the workspace, without gaps; nil for progress, which is not recorded.
    public var sequence: Int64?
    /// When it happened.
    public var occurredAt: Date
    /// The job.
    public var job: JobID
    /// The job's number inside the workspace.
    public var number: Int64
    /// The job's URL, redacted.
    public var url: String
    /// What happened.
    public var kind: Kind

    /// Creates an event.
    public init(
        sequence: Int64? = nil,
        occurredAt: Date = Date(),
        job: JobID,
        number: Int64,
        url: String,
        kind: Kind
    ) {
        self.sequence = sequence
        self.occurredAt = occurredAt
        self.job = job
        self.number = number
        self.url = url
        self.kind = kind
    }

    /// What can happen.
    public enum Kind: Sendable, Hashable {
        /// Added to the queue.
        case queued(priority: Int)
        /// The server answered; the length if it is known.
        case started(totalBytes: Int64?)
        /// Bytes arrived.
        indirect case progress(TransferProgress)
        /// The file is whole, verified and under its final name.
        indirect case completed(Completion)
        /// Given up.
        case failed(Failure)
        /// Nothing to do, for example `file_exists`.
        case skipped(reason: String, destinationPath: String?)
        /// Stopped for good.
        case cancelled(from: JobState)
        /// Will be tried again.
        case retrying(retry: Int, maxRetries: Int, delaySeconds: Double, error: Failure)
        /// A digest is being computed.
        case validating(algorithm: DigestAlgorithm)
        /// Pieces that turned out to be wrong are fetched again.
        case repairing(pieces: Int, bytes: Int64)
        /// Held until somebody resumes it.
        case paused(by: PauseCause)
    }

    /// What a finished download amounts to.
    public struct Completion: Sendable, Hashable, Codable {
        /// The file.
        public var destinationPath: String
        /// Its length.
        public var totalBytes: Int64
        /// Seconds of this run.
        public var elapsedSeconds: Double
        /// Bytes of this run over seconds of this run.
        public var averageSpeed: Double
        /// The digest that was checked, if one was.
        public var verification: Verification?
        /// Bytes that were wrong at first and were fetched again; nil if none were.
        public var repairedBytes: Int64?

        /// Creates a receipt.
        public init(
            destinationPath: String,
            totalBytes: Int64,
            elapsedSeconds: Double,
            averageSpeed: Double,
            verification: Verification?,
            repairedBytes: Int64? = nil
        ) {
            self.destinationPath = destinationPath
            self.totalBytes = totalBytes
            self.elapsedSeconds = elapsedSeconds
            self.averageSpeed = averageSpeed
            self.verification = verification
            self.repairedBytes = repairedBytes
        }
    }

    /// The event's name, for example `download.started`.
    public var name: String { kind.name.rawValue }
}

/// The names of what can happen.
public enum EventName: String, Sendable, Hashable, CaseIterable {
    /// Added to the queue.
    case queued = "download.queued"
    /// The server answered.
    case started = "download.started"
    /// Bytes arrived.
    case progress = "download.progress"
    /// Whole, verified and under its final name.
    case completed = "download.completed"
    /// Given up.
    case failed = "download.failed"
    /// Nothing to do.
    case skipped = "download.skipped"
    /// Stopped for good.
    case cancelled = "download.cancelled"
    /// Will be tried again.
    case retrying = "download.retrying"
    /// A digest is being computed.
    case validating = "download.validating"
    /// Wrong pieces are fetched again.
    case repairing = "download.repairing"
    /// Held until somebody resumes it.
    case paused = "download.paused"
}

extension JobEvent.Kind {
    /// The name of what happened.
    public var name: EventName {
        switch self {
        case .queued: .queued
        case .started: .started
        case .progress: .progress
        case .completed: .completed
        case .failed: .failed
        case .skipped: .skipped
        case .cancelled: .cancelled
        case .retrying: .retrying
        case .validating: .validating
        case .repairing: .repairing
        case .paused: .paused
        }
    }
}

/// How far a running transfer is.
public struct TransferProgress: Sendable, Hashable, Codable {
    /// The job.
    public var job: JobID
    /// The file's name, or the URL's last part while the name is not known.
    public var name: String
    /// Bytes on disk, of all attempts.
    public var bytesDone: Int64
    /// The whole length, if it is known.
    public var bytesTotal: Int64?
    /// Bytes of this run.
    public var bytesThisRun: Int64
    /// Bytes a second over the last seconds.
    public var currentSpeed: Double
    /// Bytes a second of this run.
    public var averageSpeed: Double
    /// Seconds until the end at the current speed, if it can be told.
    public var etaSeconds: Double?
    /// Seconds of this run.
    public var elapsedSeconds: Double
    /// Open connections.
    public var connections: Int
    /// What it is doing now.
    public var phase: Phase

    /// What a transfer is doing.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Waits for the first answer.
        case connecting
        /// Bytes arrive.
        case downloading
        /// Waits before the next attempt.
        case waiting
        /// The digest is being computed.
        case verifying
        /// The file is being moved to its final name.
        case finishing
    }

    /// Creates a snapshot.
    public init(
        job: JobID,
        name: String,
        bytesDone: Int64 = 0,
        bytesTotal: Int64? = nil,
        bytesThisRun: Int64 = 0,
        currentSpeed: Double = 0,
        averageSpeed: Double = 0,
        etaSeconds: Double? = nil,
        elapsedSeconds: Double = 0,
        connections: Int = 0,
        phase: Phase = .connecting
    ) {
        self.job = job
        self.name = name
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.bytesThisRun = bytesThisRun
        self.currentSpeed = currentSpeed
        self.averageSpeed = averageSpeed
        self.etaSeconds = etaSeconds
        self.elapsedSeconds = elapsedSeconds
        self.connections = connections
        self.phase = phase
    }

    /// Percent done, 0–100; nil if the length is not known.
    public var percent: Double? {
        guard let bytesTotal else { return nil }
        return bytesTotal == 0 ? 100 : min(100, Double(bytesDone) * 100 / Double(bytesTotal))
    }
}
