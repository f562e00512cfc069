import ADMDocuments
import ADMModel

/// Turns the events of one run into JSON lines and counts the bytes between them.
struct JSONProgress: Sendable {
    private var bytesDone: [JobID: Int64] = [:]

    init() {}

    /// The line for an event, without the line's end.
    mutating func line(for event: JobEvent) -> String {
        guard case .progress(let progress) = event.kind else {
            if event.endsRun { bytesDone[event.job] = nil }
            return JSONWriter.line(EventDocument(event))
        }
        // A transfer that starts again has fewer bytes than before.
        let before = bytesDone[event.job] ?? (progress.bytesDone - progress.bytesThisRun)
        bytesDone[event.job] = progress.bytesDone
        let chunk = max(0, progress.bytesDone.subtracting(saturating: before))
        return JSONWriter.line(EventDocument(event, chunkSize: chunk))
    }
}

extension JobEvent {
    /// Whether nothing more happens to the job in this run.
    var endsRun: Bool {
        switch kind {
        case .completed, .failed, .skipped, .cancelled, .paused: true
        case .queued, .started, .progress, .retrying, .validating, .repairing: false
        }
    }
}
