import ADMDocuments
import ADMEngine
import ADMModel
import Foundation

/// Shows the downloads of one command while they run, and what came of them.
///
/// Progress and messages go to standard error. Standard output gets data alone: JSON lines with
/// `--progress json`, one JSON document at the end with `--json`, paths with `--print-path`.
actor ProgressDisplay {
    private let context: CommandContext
    private let style: ProgressStyle
    private let printsPaths: Bool
    private let usesColor: Bool
    private let isQuiet: Bool
    private let terminal = Terminal.error
    private let writer: ProgressWriter
    private let beginning = ContinuousClock.now
    private var plain: PlainProgress
    private var json = JSONProgress()
    private var summary: Summary
    private var finished = ProgressPage.Finished()
    private var total: Int?
    private var isDone = false

    /// With `namesFiles` false, standard output is for what the files hold.
    init(
        _ context: CommandContext,
        settings: EffectiveSettings,
        printsPaths: Bool,
        namesFiles: Bool = true
    ) {
        self.context = context
        isQuiet = context.isQuiet || settings.isQuiet
        let wanted =
            isQuiet || context.isJSON && settings.progress == .auto ? .none : settings.progress
        let chosen = wanted == .json && !namesFiles ? .auto : wanted
        style = chosen == .auto ? terminal.canRedraw ? .bar : .plain : chosen
        self.printsPaths = printsPaths
        usesColor = terminal.usesColor(context.color ?? settings.color)
        summary = Summary(
            home: context.environment["HOME"],
            color: usesColor,
            namesFiles: namesFiles
        )
        plain = PlainProgress(summary: summary)
        writer = ProgressWriter(terminal)
    }

    /// The events that it will show; nil where it shows none, so that none are kept for it.
    func events(of engine: Workspace) async -> AsyncStream<JobEvent>? {
        switch style {
        case .plain, .json: await engine.events()
        case .bar, .auto, .none: nil
        }
    }

    /// Draws until the task is cancelled.
    func show(_ engine: Workspace, events: AsyncStream<JobEvent>?) async {
        if style == .bar { await drawBars(engine) }
        guard let events else { return }
        for await event in events {
            if style == .json {
                context.say(json.line(for: event))
            } else {
                await say(plain.lines(for: event))
            }
        }
    }

    private func drawBars(_ engine: Workspace) async {
        var frame = 0
        while !Task.isCancelled, !isDone {
            let size = terminal.size
            let rows = await engine.progress()
            let queued = await engine.waitingCount()
            await writer.draw(
                ProgressPage.lines(
                    rows: rows,
                    finished: finished,
                    queued: queued,
                    total: total,
                    width: size.columns,
                    height: size.rows,
                    color: usesColor,
                    unicode: terminal.usesUnicode,
                    frame: frame
                )
            )
            frame += 1
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Nothing more will be added: so many jobs there are in all.
    func expect(_ count: Int) { total = count }

    /// Nothing more will happen; what was said is still shown.
    func finishShowing() { isDone = true }

    /// One job has ended.
    func ended(_ outcome: JobOutcome) async {
        switch outcome {
        case .succeeded(_, let done):
            finished.saved += 1
            finished.bytes += done.totalBytes
            if printsPaths { context.say(done.destinationPath) }
        case .skipped(let job, _):
            finished.saved += 1
            if printsPaths, let path = job.destination { context.say(path) }
        case .failed, .cancelled: finished.failed += 1
        case .paused(_, let failure):
            // Held by a signal: the closing message speaks for all of them.
            if failure == nil { return }
            finished.failed += 1
        }
        let end = Summary.Outcome(outcome)
        summary.count(end)
        if context.isJSON {
            if let failure = outcome.failure { await report(failure) }
            return
        }
        // With plain progress the end of a file is one of its lines already.
        if style == .plain, end.hasEvent { return }
        let isBad = if case .failed = outcome { true } else { false }
        guard isBad || !isQuiet else { return }
        await say(summary.lines(for: end, job: outcome.job.number))
        if case .paused(let job, _) = outcome {
            await say(["  adm resume \(job.number) continues once that is fixed"])
        }
    }

    /// Something could not even begin.
    func refused(_ failure: Failure) async {
        finished.failed += 1
        summary.count(.failed(failure))
        if context.isJSON { return await report(failure) }
        await say(FailureReport.lines(failure))
    }

    /// Warns of something that weakens the whole run.
    func warn(_ text: String, hint: String? = nil) async {
        await say(["adm: warning: \(text)"] + (hint.map { ["hint: \($0)"] } ?? []))
    }

    /// Everything has ended.
    ///
    /// - Throws: ``Failure`` where standard output cannot be written.
    func summarise(_ tally: Tally) async throws {
        await writer.finish()
        let seconds = beginning.duration(to: .now) / .seconds(1)
        if !isQuiet, !context.isJSON, let line = summary.closing(elapsed: seconds) {
            await say([line])
        }
        try report(tally)
    }

    /// Jobs wait because a server asked for it.
    func waits(_ notice: CoolDownNotice) async {
        guard !isQuiet, !context.isJSON, style != .json else { return }
        await say([notice.line()])
    }

    /// A signal asks to stop; what runs is being stopped already.
    func stopping(_ signal: Interruption.Signal) async {
        await SecondSignal.arm(after: signal)
        guard !isQuiet, !context.isJSON else { return }
        await say(["adm: " + SecondSignal.notice(signal, "saving progress")])
    }

    /// A signal ended the run.
    ///
    /// - Throws: ``Failure`` where standard output cannot be written.
    func interrupted(_ tally: Tally, workspace: String) async throws {
        await writer.finish()
        if tally.unfinished > 0 {
            await say([
                "adm: interrupted; \(tally.unfinished) not finished, everything fetched is kept",
                "hint: the same command goes on, and so does adm resume --all -w \(workspace)",
            ])
        }
        try report(tally)
    }

    /// Gives the terminal back.
    func close() async { await writer.finish() }

    private func report(_ tally: Tally) throws {
        guard context.isJSON else { return try context.show([String]()) {} }
        try context.show(tally.jobs.map(JobDocument.init)) {}
    }

    /// A failure as one JSON object on one line, as every command prints it with `--json`.
    private func report(_ failure: Failure) async {
        await writer.printAbove(FailureReport.line(failure))
    }

    private func say(_ lines: [String]) async {
        for line in lines { await writer.printAbove(line) }
    }
}

extension Summary.Outcome {
    /// The outcome of a job as the summary tells it.
    init(_ outcome: JobOutcome) {
        self =
            switch outcome {
            case .succeeded(_, let completion): .saved(completion)
            case .skipped(let job, let reason): .skipped(reason: reason, path: job.destination)
            case .failed(_, let failure): .failed(failure)
            case .paused(_, let failure): .unfinished(failure)
            case .cancelled(let job): .cancelled(url: job.request.url.redacted)
            }
    }

    /// Whether an event tells of it.
    fileprivate var hasEvent: Bool {
        switch self {
        case .saved, .skipped, .failed, .cancelled: true
        case .unfinished: false
        }
    }
}

extension JobOutcome {
    /// Why the job is not done; nil where it is, or where it was only stopped.
    fileprivate var failure: Failure? {
        switch self {
        case .failed(_, let failure): failure
        case .paused(_, let failure): failure
        case .succeeded, .skipped, .cancelled: nil
        }
    }
}
