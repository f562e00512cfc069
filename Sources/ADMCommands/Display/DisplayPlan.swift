import ADMModel

/// What one command shows of its jobs, and on which stream: decided once, before the first job.
///
/// Pure. Progress and messages go to standard error. Standard output gets data alone: JSON lines with
/// `--progress json`, one JSON document at the end of a download with `--json`, paths with `--print-path`.
struct DisplayPlan: Sendable, Hashable {
    /// What the command works on.
    enum Work: Sendable, Hashable {
        /// What was asked for on its command line.
        case downloads
        /// What is in a queue, by whichever process it was added.
        case queue
    }

    /// How something is told.
    enum Speech: Sendable, Hashable {
        case nothing
        case lines
        /// A failure as one JSON object on one line.
        case json
    }

    /// What the command works on.
    let work: Work
    /// How progress is shown; never `auto`.
    let style: ProgressStyle
    /// Whether only failures are told.
    let isQuiet: Bool
    /// Whether the command answers in JSON.
    let isJSON: Bool
    /// Whether the paths of the files are printed.
    let printsPaths: Bool

    /// Chooses, for a terminal that can or cannot redraw.
    ///
    /// With `namesFiles` false, standard output is for what the files hold, and JSON lines are not for it.
    init(
        _ work: Work,
        progress: ProgressStyle,
        isQuiet: Bool = false,
        isJSON: Bool = false,
        printsPaths: Bool = false,
        namesFiles: Bool = true,
        canRedraw: Bool
    ) {
        self.work = work
        self.isQuiet = isQuiet
        self.isJSON = isJSON
        self.printsPaths = printsPaths
        let wanted: ProgressStyle =
            switch work {
            case .queue: isJSON ? .json : isQuiet ? .none : progress
            case .downloads: isQuiet || isJSON && progress == .auto ? .none : progress
            }
        let chosen = wanted == .json && !namesFiles ? .auto : wanted
        style = chosen == .auto ? canRedraw ? .bar : .plain : chosen
    }

    /// Whether events are shown, or tell what nothing else does; if not, none are kept.
    var followsEvents: Bool { work == .queue || style == .plain || style == .json }

    /// Whether jobs may fail that never ran here, of which only an event tells.
    var noticesDamage: Bool { work == .queue }

    /// Whether a document with all jobs is printed at the end.
    var printsJobs: Bool { work == .downloads && isJSON }

    /// Whether messages for people are printed while jobs run.
    var informs: Bool { !isQuiet && !isJSON }

    /// Whether somebody is told that jobs wait for a server.
    var tellsWaits: Bool { informs && style != .json }

    /// How the end of a job is told.
    func speech(for outcome: JobOutcome) -> Speech {
        let isFailure = if case .failed = outcome { true } else { false }
        if isJSON { return work == .downloads && outcome.failure != nil ? .json : .nothing }
        guard isFailure || !isQuiet else { return .nothing }
        switch style {
        case .auto, .bar: return .lines
        // The event of the end is one of its lines already; that a job is held has none.
        case .plain: return outcome.isHeld ? .lines : .nothing
        case .json: return work == .downloads ? .lines : .nothing
        case .none: return work == .downloads || isFailure ? .lines : .nothing
        }
    }

    /// The path to print for the end of a job.
    func path(for outcome: JobOutcome) -> String? {
        guard printsPaths else { return nil }
        switch outcome {
        case .succeeded(_, let completion): return completion.destinationPath
        case .skipped(let job, _): return work == .downloads ? job.destination : nil
        case .failed, .paused, .cancelled: return nil
        }
    }

    /// What a person can do about a job that was held for a reason.
    func advice(for outcome: JobOutcome) -> String? {
        guard case .paused(let job, .some) = outcome else { return nil }
        let verb = work == .downloads ? "resume" : "queue resume"
        return "  adm \(verb) \(job.number) continues once that is fixed"
    }
}

extension JobOutcome {
    /// Why the job is not done; nil if it is, or if it was only stopped.
    var failure: Failure? {
        switch self {
        case .failed(_, let failure): failure
        case .paused(_, let failure): failure
        case .succeeded, .skipped, .cancelled: nil
        }
    }

    fileprivate var isHeld: Bool { if case .paused = self { true } else { false } }
}
