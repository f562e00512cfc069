import ADMModel

/// Writes events as JSON lines, for `--progress json` and `adm events --json`.
///
/// Version 1 of the schema. Every line has `v`, `event_type`, `occurred_at`, `download_id`, `job`,
/// `sequence` (null for progress, which is not recorded) and `url`, then the fields of its kind, always
/// in the same order and null where something is not known. Names are those that users of rheo know;
/// later versions add fields and change none.
enum EventJSON {
    /// The version of the schema.
    static let version: Int64 = 1

    /// The event as one line, without the line's end.
    ///
    /// `chunkSize` is the number of bytes since the progress event before; ``JSONProgress`` knows it.
    static func line(for event: JobEvent, chunkSize: Int64? = nil) -> String {
        var fields = JSONFields()
        fields.add("v", version)
        fields.add("event_type", event.name)
        fields.add("occurred_at", DateText.text(event.occurredAt))
        fields.add("download_id", event.job.description)
        fields.add("job", event.number)
        fields.add("sequence", event.sequence)
        fields.add("url", event.url)
        add(event.kind, chunkSize: chunkSize, to: &fields)
        return fields.text
    }

    private static func add(
        _ kind: JobEvent.Kind,
        chunkSize: Int64?,
        to fields: inout JSONFields
    ) {
        switch kind {
        case .queued(let priority): fields.add("priority", Int64(priority))
        case .started(let totalBytes): fields.add("total_bytes", totalBytes)
        case .progress(let progress): add(progress, chunkSize: chunkSize, to: &fields)
        case .completed(let completion): add(completion, to: &fields)
        case .failed(let failure):
            fields.add("error", error(failure))
            fields.add("validation", nil as JSONFields?)
        case .skipped(let reason, let path):
            fields.add("reason", reason)
            fields.add("destination_path", path)
        case .cancelled(let state):
            fields.add("cancelled_from", state.isUnderWay ? "in_progress" : "queued")
            fields.add("state", state.rawValue)
        case .retrying(let retry, let maxRetries, let delay, let failure):
            fields.add("retry", Int64(retry))
            fields.add("max_retries", Int64(maxRetries))
            fields.add("delay_seconds", delay)
            fields.add("error", error(failure))
        case .validating(let algorithm): fields.add("algorithm", algorithm.rawValue)
        case .repairing(let pieces, let bytes):
            fields.add("pieces", Int64(pieces))
            fields.add("bytes", bytes)
        case .paused(let cause): fields.add("paused_by", cause.rawValue)
        }
    }

    private static func add(
        _ progress: TransferProgress,
        chunkSize: Int64?,
        to fields: inout JSONFields
    ) {
        fields.add("chunk_size", chunkSize)
        fields.add("bytes_downloaded", progress.bytesDone)
        fields.add("total_bytes", progress.bytesTotal)
        fields.add("progress_percent", progress.percent, places: 2)
        var speed = JSONFields()
        speed.add("current_speed_bps", progress.currentSpeed, places: 0)
        speed.add("average_speed_bps", progress.averageSpeed, places: 0)
        speed.add("eta_seconds", progress.etaSeconds)
        speed.add("elapsed_seconds", progress.elapsedSeconds)
        fields.add("speed", speed)
        fields.add("name", progress.name)
        fields.add("phase", progress.phase.rawValue)
        fields.add("connections", Int64(progress.connections))
        fields.add("bytes_this_run", progress.bytesThisRun)
    }

    private static func add(_ completion: JobEvent.Completion, to fields: inout JSONFields) {
        fields.add("destination_path", completion.destinationPath)
        fields.add("total_bytes", completion.totalBytes)
        fields.add("elapsed_seconds", completion.elapsedSeconds)
        fields.add("average_speed_bps", completion.averageSpeed, places: 0)
        fields.add("validation", completion.verification.map(validation))
        if let bytes = completion.repairedBytes { fields.add("repaired_bytes", bytes) }
    }

    /// Only digests that were found right are recorded, so both are the same.
    private static func validation(_ verification: Verification) -> JSONFields {
        var fields = JSONFields()
        fields.add("algorithm", verification.checksum.algorithm.rawValue)
        fields.add("expected_hash", verification.checksum.hex)
        fields.add("calculated_hash", verification.checksum.hex)
        fields.add("is_valid", true)
        fields.add("source", verification.source.rawValue)
        return fields
    }

    /// The code stands twice: under its own name, and where programs written for rheo look.
    private static func error(_ failure: Failure) -> JSONFields {
        var fields = JSONFields()
        fields.add("code", failure.code.rawValue)
        fields.add("exc_type", failure.code.rawValue)
        fields.add("message", failure.message)
        fields.add("hint", failure.hint)
        fields.add("cause", failure.cause)
        fields.add("retry_after", failure.retryAfter)
        return fields
    }
}

extension JobState {
    /// Whether an attempt was under way, in the two words that rheo has.
    fileprivate var isUnderWay: Bool {
        switch self {
        case .running, .finalizing, .retrying: true
        case .scheduled, .ready, .succeeded, .paused, .blocked, .failed, .cancelled: false
        }
    }
}
