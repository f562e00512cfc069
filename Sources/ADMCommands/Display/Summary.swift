import ADMModel

/// What is said of the ends of jobs: one entry for each, and a line for all of them.
///
/// Pure; what there is to say of all of them is counted by a ``Tally``.
struct Summary: Sendable {
    private let home: String?
    private let color: Bool
    private let namesFiles: Bool

    /// Creates a writer of summaries.
    ///
    /// `home` is the person's home directory, which is written as `~`. With `namesFiles` false the files
    /// are on their way to standard output, and where they lie until then is not told.
    init(home: String?, color: Bool = false, namesFiles: Bool = true) {
        self.home = home
        self.color = color
        self.namesFiles = namesFiles
    }

    /// What is said about one job: where the file is, how big, how long it took, how fast and whether
    /// its digest was verified; or why there is no file, and what can be done.
    func lines(for outcome: JobOutcome) -> [String] {
        let number = outcome.job.number
        switch outcome {
        case .succeeded(_, let completion): return saved(completion)
        case .skipped(let job, let reason): return skipped(number, reason, job.destination)
        case .failed(_, let failure): return failed(number, failure)
        case .cancelled(let job): return cancelled(number, job.request.url.redacted)
        case .paused(_, let failure):
            guard let failure else { return ["\(word("unfinished", .yellow)) job \(number)"] }
            return told("unfinished", .yellow, number, failure)
        }
    }

    /// The same, as an event tells it; nil for events that are not an end.
    func lines(for event: JobEvent) -> [String]? {
        switch event.kind {
        case .completed(let completion): saved(completion)
        case .skipped(let reason, let path): skipped(event.number, reason, path)
        case .failed(let failure): failed(event.number, failure)
        case .cancelled: cancelled(event.number, event.url)
        case .queued, .started, .progress, .retrying, .validating, .repairing, .paused: nil
        }
    }

    /// An entry on one line.
    static func joined(_ lines: [String]) -> String {
        lines.map { String($0.drop { $0 == " " }) }.joined(separator: ": ")
    }

    /// The line for all: `12 saved, 1 failed, 340 MiB in 12.3s (27.7 MiB/s)`; nil if there is nothing to say.
    ///
    /// The lines of a single job say it all, except that there was no digest.
    ///
    /// `elapsed` is the time of the whole run in seconds. Bytes that were on disk before are part of
    /// the size, but not of the speed.
    func closing(_ tally: Tally, elapsed: Double) -> String? {
        guard tally.ends > 1 else { return tally.unverified > 0 ? Summary.unverified : nil }
        let counts: [(number: Int, word: String, ink: Ink)] = [
            (tally.saved, namesFiles ? "saved" : "fetched", .plain),
            (tally.skipped, "skipped", .plain), (tally.failed, "failed", .red),
            (tally.cancelled, "cancelled", .plain), (tally.held, "unfinished", .yellow),
        ]
        var parts = counts.enumerated().filter { $0.offset == 0 || $0.element.number > 0 }
            .map { $0.element }
            .map { $0.ink.paint("\($0.number) \($0.word)", color: color) }
        parts.append(
            Summary.amounts(
                bytes: Double(tally.bytes),
                fetched: tally.fetched,
                seconds: elapsed,
                joined: " "
            )
        )
        if tally.unverified > 0 {
            let count = tally.unverified < tally.saved ? "\(tally.unverified) " : ""
            parts.append(count + Summary.unverified)
        }
        return parts.joined(separator: ", ")
    }

    private static let unverified = "not verified: no digest was given"

    /// A path as people write it: below the home directory with `~`.
    ///
    /// The characters are made printable.
    static func path(_ path: String, home: String?) -> String {
        let home = home.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        guard let home, !home.isEmpty, path == home || path.hasPrefix(home + "/") else {
            return Terminal.printable(path)
        }
        return "~" + Terminal.printable(String(path.dropFirst(home.count)))
    }

    private func shown(_ path: String) -> String { Summary.path(path, home: home) }

    private func saved(_ completion: JobEvent.Completion) -> [String] {
        let path = completion.destinationPath
        let what =
            namesFiles
            ? "\(word("saved", .green)) \(shown(path))"
            : "\(word("fetched", .green)) \(Terminal.printable(path.lastComponent))"
        return [what, "  \(facts(completion))"]
    }

    private func skipped(_ number: Int64, _ reason: String, _ path: String?) -> [String] {
        let what = path.map(shown) ?? "job \(number)"
        return ["\(word("skipped", .yellow)) \(what): \(spelled(reason))"]
    }

    private func failed(_ number: Int64, _ failure: Failure) -> [String] {
        told("failed", .red, number, failure)
    }

    private func cancelled(_ number: Int64, _ url: String) -> [String] {
        ["\(word("cancelled", .yellow)) job \(number): \(Terminal.printable(url))"]
    }

    private func word(_ word: String, _ ink: Ink) -> String { ink.paint(word, color: color) }

    private func told(_ text: String, _ ink: Ink, _ number: Int64, _ failure: Failure) -> [String] {
        let cause = failure.cause.map { " (\(Terminal.printable($0)))" } ?? ""
        let message = Terminal.printable(failure.message)
        var lines = ["\(word(text, ink)) job \(number): \(message)\(cause)"]
        if let hint = failure.hint { lines.append("  hint: \(Terminal.printable(hint))") }
        return lines
    }

    private func spelled(_ reason: String) -> String {
        reason == "file_exists"
            ? "the file exists already"
            : Terminal.printable(reason).replacing("_", with: " ")
    }

    private func facts(_ completion: JobEvent.Completion) -> String {
        let amounts = Summary.amounts(
            bytes: Double(completion.totalBytes),
            fetched: completion.fetchedBytes,
            seconds: completion.elapsedSeconds,
            joined: ", "
        )
        guard let verification = completion.verification else {
            // That is said once, at the end.
            return amounts
        }
        let source =
            switch verification.source {
            case .request: "you"
            case .list: "the checksum list"
            case .server: "the server"
            case .pieces: "its pieces"
            }
        let algorithm = verification.checksum.algorithm.rawValue
        let repaired = completion.repairedBytes.map {
            "; \(ByteCount($0)) was damaged and fetched again"
        }
        return "\(amounts), \(word("\(algorithm) verified", .green)) (given by \(source))"
            + (repaired ?? "")
    }

    /// `340 MiB in 12.3s (27.7 MiB/s)`; of a file that was partly there it also says how much came now.
    private static func amounts(
        bytes: Double,
        fetched: Double,
        seconds: Double,
        joined separator: String
    ) -> String {
        let size = "\(ByteCount(Int64(saturating: bytes)))"
        let time = DurationText.elapsed(seconds)
        let speed =
            seconds > 0 && fetched >= 1 ? " (\(ProgressLine.perSecond(fetched / seconds)))" : ""
        guard bytes - fetched > max(1, bytes / 100) else { return "\(size) in \(time)\(speed)" }
        let now = "\(ByteCount(Int64(saturating: fetched)))"
        return separator == " "
            ? "\(size) (\(now) of it fetched now) in \(time)\(speed)"
            : "\(size), \(now) of it fetched now in \(time)\(speed)"
    }
}

extension String {
    /// What follows the last slash.
    fileprivate var lastComponent: String {
        lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
    }
}
