import ADMModel
import Logging

extension JobEvent {
    /// What the log says beside the kind of the event; failures and URLs hold no secret.
    var logged: Logger.Metadata {
        var metadata: Logger.Metadata = ["job": "\(number)", "url": "\(url)"]
        switch kind {
        case .failed(let failure): metadata["reason"] = "\(failure.message)"
        case .retrying(let retry, _, let delay, let failure):
            metadata["retry"] = "\(retry)"
            metadata["delay"] = "\(delay)"
            metadata["reason"] = "\(failure.message)"
        case .skipped(let reason, _): metadata["reason"] = "\(reason)"
        case .paused(let cause): metadata["reason"] = "\(cause.rawValue)"
        case .cancelled(let state): metadata["from"] = "\(state.rawValue)"
        case .completed(let completion): metadata["bytes"] = "\(completion.totalBytes)"
        case .started(let length): metadata["bytes"] = "\(length.map(String.init) ?? "unknown")"
        case .repairing(let pieces, let bytes):
            metadata["pieces"] = "\(pieces)"
            metadata["bytes"] = "\(bytes)"
        case .validating(let algorithm): metadata["algorithm"] = "\(algorithm)"
        case .queued(let priority): metadata["priority"] = "\(priority)"
        case .progress: break
        }
        return metadata
    }
}

extension JobEvent.Kind {
    /// The sentence of the log.
    var logged: String {
        switch self {
        case .queued: "job queued"
        case .started: "job started"
        case .progress: "job progressed"
        case .completed: "job completed"
        case .failed: "job failed"
        case .skipped: "job skipped"
        case .cancelled: "job cancelled"
        case .retrying: "job put off"
        case .validating: "digest being checked"
        case .repairing: "wrong pieces being fetched again"
        case .paused: "job paused"
        }
    }
}
