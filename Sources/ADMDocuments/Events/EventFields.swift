import ADMModel

/// The fields that the kinds of events have besides those of every event.
enum EventFields {
    static let queued: [Field<Int>] = [
        Field("priority", "How urgent the job is beside others; higher first.") { $0 }
    ]

    static let started: [Field<Int64?>] = [
        Field("total_bytes", "The length of the file in bytes; null if it is not known.") { $0 }
    ]

    /// How far a transfer is, and the bytes since the event before.
    struct Progress {
        let progress: TransferProgress
        let chunkSize: Int64?
    }

    static let progress: [Field<Progress>] = [
        Field("chunk_size", "How many bytes arrived since the last such event; null if unknown.") {
            $0.chunkSize
        },
        Field("bytes_downloaded", "How many bytes are on disk, of all attempts.") {
            $0.progress.bytesDone
        },
        Field("total_bytes", "The length of the file in bytes; null if it is not known.") {
            $0.progress.bytesTotal
        },
        Field("progress_percent", "How much of it is done, 0 to 100; null without a length.") {
            $0.progress.percent.map { Rounded($0, places: 2) }
        },
        Field("speed", "How fast it is.") { SpeedDocument(progress: $0.progress) },
        Field("name", "The name of the file, or the last part of the URL before it is known.") {
            $0.progress.name
        },
        Field("phase", "What the transfer is doing.") { $0.progress.phase },
        Field("connections", "How many connections are open.") { $0.progress.connections },
        Field("bytes_this_run", "How many bytes arrived in this run.") {
            $0.progress.bytesThisRun
        },
    ]

    static let completed: [Field<JobEvent.Completion>] = [
        Field("destination_path", "The saved file.") { $0.destinationPath },
        Field("total_bytes", "Its length in bytes.") { $0.totalBytes },
        Field("elapsed_seconds", "How long this run took, in seconds.") {
            Rounded($0.elapsedSeconds)
        },
        Field("average_speed_bps", "The bytes of this run over its seconds.") {
            Rounded($0.averageSpeed, places: 0)
        },
        Field("validation", "The digest that was checked; null if none was.") {
            $0.verification.map(ValidationDocument.init)
        },
        Field("repaired_bytes", "How many bytes were wrong and fetched again; null for none.") {
            $0.repairedBytes
        },
    ]

    static let failed: [Field<Failure>] = [
        Field("error", "Why it failed.") { ErrorDocument($0) },
        Field("validation", "Always null; programs written for rheo look for it.") { _ in
            nil as ValidationDocument?
        },
    ]

    static let skipped: [Field<(reason: String, path: String?)>] = [
        Field("reason", "Why there was nothing to do, such as `file_exists`.") { $0.reason },
        Field("destination_path", "The file that is there; null if there is none.") { $0.path },
    ]

    static let cancelled: [Field<JobState>] = [
        Field("cancelled_from", "Whether an attempt was in progress, in the words of rheo.") {
            $0.isInProgress ? CancelledFrom.inProgress : .queued
        },
        Field("state", "Where the job stood.") { $0 },
    ]

    /// Whether an attempt was in progress.
    enum CancelledFrom: String, JSONWord {
        case inProgress = "in_progress"
        case queued
    }

    /// Another attempt.
    struct Retry {
        let retry: Int
        let maxRetries: Int
        let delaySeconds: Double
        let error: Failure
    }

    static let retrying: [Field<Retry>] = [
        Field("retry", "Which repetition follows, counted from 1.") { $0.retry },
        Field("max_retries", "How many there may be.") { $0.maxRetries },
        Field("delay_seconds", "How long it waits before, in seconds.") {
            Rounded($0.delaySeconds)
        },
        Field("error", "Why the attempt failed.") { ErrorDocument($0.error) },
    ]

    static let validating: [Field<DigestAlgorithm>] = [
        Field("algorithm", "The algorithm of the digest.") { $0 }
    ]

    static let repairing: [Field<(pieces: Int, bytes: Int64)>] = [
        Field("pieces", "How many pieces were wrong.") { $0.pieces },
        Field("bytes", "How many bytes are fetched again.") { $0.bytes },
    ]

    static let paused: [Field<PauseCause>] = [
        Field("paused_by", "Why it is held.") { $0 }
    ]
}

/// How fast a transfer is.
struct SpeedDocument: Document {
    static let name = "speed"
    static let summary = "How fast a transfer is."

    let progress: TransferProgress

    static let fields: [Field<SpeedDocument>] = [
        Field("current_speed_bps", "Bytes a second over the last seconds.") {
            Rounded($0.progress.currentSpeed, places: 0)
        },
        Field("average_speed_bps", "Bytes a second of this run.") {
            Rounded($0.progress.averageSpeed, places: 0)
        },
        Field("eta_seconds", "How many seconds are left at this speed; null if unknown.") {
            $0.progress.etaSeconds.map { Rounded($0) }
        },
        Field("elapsed_seconds", "For how many seconds this run has lasted.") {
            Rounded($0.progress.elapsedSeconds)
        },
    ]
}

extension TransferProgress.Phase: JSONWord {}

extension JobState {
    /// Whether an attempt was in progress, in the two words that rheo has.
    fileprivate var isInProgress: Bool {
        switch self {
        case .running, .finalizing, .retrying: true
        case .scheduled, .ready, .succeeded, .paused, .blocked, .failed, .cancelled: false
        }
    }
}
