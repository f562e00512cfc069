import ADMModel

/// What is said at the end: one entry for each job, and a line for all of them.
struct Summary: Sendable {
    /// How one job ended.
    enum Outcome: Sendable, Hashable {
        /// The file is there.
        case saved(JobEvent.Completion)
        /// There was nothing to do, for example `file_exists`.
        case skipped(reason: String, path: String?)
        /// Given up.
        case failed(Failure)
        /// Stopped for good.
        case cancelled(url: String)
        /// Not finished; it can go on later.
        case unfinished(Failure?)

        /// The outcome that an event tells; nil for events that are no end.
        init?(_ event: JobEvent) {
            switch event.kind {
            case .completed(let completion): self = .saved(completion)
            case .failed(let failure): self = .failed(failure)
            case .skipped(let reason, let path): self = .skipped(reason: reason, path: path)
            case .cancelled: self = .cancelled(url: event.url)
            case .queued, .started, .progress, .retrying, .validating, .repairing, .paused:
                return nil
            }
        }
    }

    private let home: String?
    private let color: Bool
    private let namesFiles: Bool
    private var saved = 0
    private var skipped = 0
    private var failed = 0
    private var cancelled = 0
    private var unfinished = 0
    private var unverified = 0
    private var bytes = 0.0
    private var fetched = 0.0

    /// Begins a summary.
    ///
    /// `home` is the person's home directory, which is written as `~`. With `namesFiles` false the files
    /// are on their way to standard output, and where they lie meanwhile is not told.
    init(home: String?, color: Bool = false, namesFiles: Bool = true) {
        self.home = home
        self.color = color
        self.namesFiles = namesFiles
    }

    /// Counts an outcome for ``closing(elapsed:)``.
    mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .saved(let completion):
            saved += 1
            if completion.verification == nil { unverified += 1 }
            bytes += Double(completion.totalBytes)
            fetched += Summary.fetched(completion)
        case .skipped: skipped += 1
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        case .unfinished: unfinished += 1
        }
    }

    /// What is said about one job: where the file is, how big, how long it took, how fast and whether
    /// its digest was verified; or why there is no file, and what can be done.
    func lines(for outcome: Outcome, job number: Int64) -> [String] {
        switch outcome {
        case .saved(let completion):
            let path = completion.destinationPath
            let what =
                namesFiles
                ? "\(word("saved", .green)) \(shown(path))"
                : "\(word("fetched", .green)) \(Terminal.printable(path.lastComponent))"
            return [
                what,
                "  \(facts(completion))",
            ]
        case .skipped(let reason, let path):
            let what = path.map(shown) ?? "job \(number)"
            return ["\(word("skipped", .yellow)) \(what): \(spelled(reason))"]
        case .failed(let failure):
            return told("failed", .red, number, failure)
        case .cancelled(let url):
            return ["\(word("cancelled", .yellow)) job \(number): \(Terminal.printable(url))"]
        case .unfinished(let failure):
            guard let failure else { return ["\(word("unfinished", .yellow)) job \(number)"] }
            return told("unfinished", .yellow, number, failure)
        }
    }

    /// The same on one line.
    func line(for outcome: Outcome, job number: Int64) -> String {
        lines(for: outcome, job: number)
            .map { String($0.drop { $0 == " " }) }
            .joined(separator: ": ")
    }

    /// The line for all: `12 saved, 1 failed, 340 MiB in 12.3s (27.7 MiB/s)`; nil if there is nothing to say.
    ///
    /// Of a single job its own lines say it all, except that there was no digest.
    ///
    /// `elapsed` is the time of the whole run in seconds. Bytes that were on disk before are part of
    /// the size, but not of the speed.
    func closing(elapsed: Double) -> String? {
        guard saved + skipped + failed + cancelled + unfinished > 1 else {
            return unverified > 0 ? Summary.unverified : nil
        }
        let counts: [(number: Int, word: String, ink: Ink)] = [
            (saved, namesFiles ? "saved" : "fetched", .plain), (skipped, "skipped", .plain),
            (failed, "failed", .red),
            (cancelled, "cancelled", .plain), (unfinished, "unfinished", .yellow),
        ]
        var parts = counts.enumerated().filter { $0.offset == 0 || $0.element.number > 0 }
            .map { $0.element }
            .map { $0.ink.paint("\($0.number) \($0.word)", color: color) }
        parts.append(
            Summary.amounts(bytes: bytes, fetched: fetched, seconds: elapsed, joined: " ")
        )
        if unverified > 0 {
            let count = unverified < saved ? "\(unverified) " : ""
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
            fetched: Summary.fetched(completion),
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

    private static func fetched(_ completion: JobEvent.Completion) -> Double {
        let fetched = completion.averageSpeed * completion.elapsedSeconds
        return fetched.isFinite ? max(0, fetched) : 0
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
