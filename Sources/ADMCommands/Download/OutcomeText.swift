import ADMModel

/// What people read when a download has ended.
enum OutcomeText {
    /// The lines for one job: where it is, how big, how long, how fast, verified or not.
    static func lines(_ outcome: JobOutcome) -> [String] {
        switch outcome {
        case .succeeded(_, let done):
            let speed = ByteCount(Int64(done.averageSpeed))
            return [
                "saved \(done.destinationPath)",
                "      \(ByteCount(done.totalBytes)) in \(TimeText.elapsed(done.elapsedSeconds))"
                    + " (\(speed)/s), \(check(done.verification))",
            ]
        case .skipped(let job, _):
            return ["skipped \(job.destination ?? job.request.url.redacted): it exists already"]
        case .failed(let job, let failure):
            return problem("job \(job.number) failed", failure)
        case .paused(let job, let failure):
            guard let failure else { return ["job \(job.number) is held"] }
            let again = "adm resume \(job.number) goes on when that is mended"
            return problem("job \(job.number) is held", failure) + ["hint: \(again)"]
        case .cancelled(let job): return ["job \(job.number) was cancelled"]
        }
    }

    /// The lines for a failure.
    static func problem(_ what: String, _ failure: Failure) -> [String] {
        var lines = ["adm: \(what): \(failure.message)"]
        if let cause = failure.cause { lines.append("cause: \(cause)") }
        if let hint = failure.hint { lines.append("hint: \(hint)") }
        return lines
    }

    /// The closing line for several files.
    static func total(_ tally: Tally, seconds: Double) -> String {
        var saved = 0
        var skipped = 0
        var bytes: Int64 = 0
        for outcome in tally.outcomes {
            switch outcome {
            case .succeeded(_, let done):
                saved += 1
                bytes += done.totalBytes
            case .skipped: skipped += 1
            case .failed, .paused, .cancelled: continue
            }
        }
        var parts = ["\(saved) saved"]
        if skipped > 0 { parts.append("\(skipped) skipped") }
        if !tally.failures.isEmpty { parts.append("\(tally.failures.count) failed") }
        let speed = ByteCount(seconds > 0 ? Int64(Double(bytes) / seconds) : 0)
        parts.append("\(ByteCount(bytes)) in \(TimeText.elapsed(seconds)) (\(speed)/s)")
        return parts.joined(separator: ", ")
    }

    private static func check(_ verification: Verification?) -> String {
        guard let verification else { return "not verified: no digest was given" }
        let who =
            switch verification.source {
            case .request: "given by you"
            case .list: "from the checksum list"
            case .server: "sent by the server"
            }
        return "\(verification.checksum.algorithm.rawValue) verified (\(who))"
    }
}
