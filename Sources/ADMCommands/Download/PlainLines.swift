import ADMModel

/// Progress as plain lines, for logs.
///
/// A line when a file begins, one for each tenth of it but not more than one in five seconds, and
/// one for each retry. Pure.
struct PlainLines {
    private struct Shown {
        var tenth = 0
        var elapsed = 0.0
    }

    private var shown: [JobID: Shown] = [:]

    /// The lines to print after an event.
    mutating func lines(for event: JobEvent) -> [String] {
        switch event.kind {
        case .started(let total):
            let size = total.map { "\(ByteCount($0))" } ?? "unknown length"
            return ["job \(event.number): fetching \(event.url), \(size)"]
        case .progress(let progress): return lines(for: progress, number: event.number)
        case .retrying(let retry, let most, let delay, let failure):
            return [
                "job \(event.number): \(failure.message); retry \(retry) of \(most)"
                    + " in \(TimeText.elapsed(delay))"
            ]
        case .validating(let algorithm):
            return ["job \(event.number): computing \(algorithm.rawValue)"]
        case .completed, .failed, .skipped, .cancelled:
            shown[event.job] = nil
            return []
        case .queued: return []
        }
    }

    private mutating func lines(for progress: TransferProgress, number: Int64) -> [String] {
        var state = shown[progress.job, default: Shown()]
        let tenth = progress.percent.map { Int($0 / 10) } ?? state.tenth
        let isLate = progress.elapsedSeconds - state.elapsed >= 5
        guard isLate, tenth > state.tenth || progress.percent == nil else { return [] }
        state.tenth = tenth
        state.elapsed = progress.elapsedSeconds
        shown[progress.job] = state
        let done = ByteCount(progress.bytesDone)
        let speed = ByteCount(Int64(progress.currentSpeed))
        let percent = progress.percent.map { "\(Int($0)) %, " } ?? ""
        return ["job \(number): \(percent)\(done), \(speed)/s"]
    }
}
