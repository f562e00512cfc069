import ADMEngine
import ADMModel
import Foundation

/// What `adm run` shows: bars of what runs in a terminal, a line for each end, or JSON lines.
actor RunDisplay {
    private let context: CommandContext
    private let style: ProgressStyle
    private let usesColor: Bool
    private let isQuiet: Bool
    private let printsPaths: Bool
    private let namesWorkspaces: Bool
    private let terminal = Terminal.error
    private let writer: ProgressWriter
    private let beginning = ContinuousClock.now
    private var plain: PlainProgress
    private var json = JSONProgress()
    private var summary: Summary
    private var finished = ProgressPage.Finished()
    private var tally = Tally()
    private var engines: [Workspace] = []
    private var broken: [Failure]
    private var isDone = false

    init(
        _ context: CommandContext,
        settings: EffectiveSettings,
        printsPaths: Bool,
        workspaces: Int,
        broken: [Failure] = []
    ) {
        self.context = context
        self.printsPaths = printsPaths
        self.broken = broken
        namesWorkspaces = workspaces + broken.count > 1
        isQuiet = context.isQuiet || settings.isQuiet
        let wanted = context.isJSON ? .json : isQuiet ? .none : settings.progress
        style = wanted == .auto ? terminal.canRedraw ? .bar : .plain : wanted
        usesColor = terminal.usesColor(context.color ?? settings.color)
        summary = Summary(home: context.environment["HOME"], color: usesColor)
        plain = PlainProgress(summary: summary)
        writer = ProgressWriter(terminal)
    }

    /// Draws bars until the task is cancelled; nothing with another style.
    func draw() async {
        guard style == .bar else { return }
        var frame = 0
        while !Task.isCancelled, !isDone {
            var rows: [TransferProgress] = []
            for engine in engines { rows += await engine.progress() }
            let size = terminal.size
            await writer.draw(
                ProgressPage.lines(
                    rows: rows,
                    finished: finished,
                    queued: 0,
                    total: nil,
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

    /// A workspace is open, and its jobs begin.
    func add(_ engine: Workspace) { engines.append(engine) }

    /// The queue of one workspace cannot be run, while the others go on.
    func failed(_ failure: Failure, in workspace: String) async {
        broken.append(failure)
        guard !context.isJSON else { return context.report(failure) }
        await say(FailureReport.lines(failure).map { prefixed($0, workspace) })
    }

    /// Something happened to a job.
    func show(_ event: JobEvent, in workspace: String) async {
        await noticeDamage(event, in: workspace)
        switch style {
        case .plain: await say(plain.lines(for: event).map { prefixed($0, workspace) })
        case .json: context.say(json.line(for: event))
        case .auto, .bar, .none: return
        }
    }

    /// A job that cannot be read is given up without ever having run here: nothing else tells of it.
    private func noticeDamage(_ event: JobEvent, in workspace: String) async {
        guard case .failed(let failure) = event.kind, failure.code == .databaseDamaged else {
            return
        }
        tally.refuse(failure)
        guard style == .bar || style == .none else { return }
        await say(
            summary.lines(for: .failed(failure), job: event.number).map { prefixed($0, workspace) }
        )
    }

    /// A job has ended.
    func ended(_ outcome: JobOutcome, in workspace: String) async {
        tally.started += 1
        tally.add(outcome)
        let end = Summary.Outcome(outcome)
        summary.count(end)
        switch outcome {
        case .succeeded(_, let done):
            finished.saved += 1
            finished.bytes += done.totalBytes
            if printsPaths { context.say(done.destinationPath) }
        case .skipped: finished.saved += 1
        case .failed, .cancelled: finished.failed += 1
        case .paused: break
        }
        let isBad = if case .failed = outcome { true } else { false }
        guard style == .bar || style == .none && isBad else { return }
        await say(
            summary.lines(for: end, job: outcome.job.number).map { prefixed($0, workspace) }
        )
    }

    /// Jobs wait because a server asked for it.
    func waits(_ notice: CoolDownNotice, in workspace: String) async {
        guard !isQuiet, style != .json else { return }
        await say([prefixed(notice.line(), workspace)])
    }

    /// A signal asks to stop; what runs is being stopped already.
    func stopping(_ signal: Interruption.Signal) async {
        await SecondSignal.arm(after: signal)
        guard !isQuiet, !context.isJSON else { return }
        let work = "running jobs save their progress and go back into the queue"
        await say(["adm: " + SecondSignal.notice(signal, work)])
    }

    /// Lets what happened last be shown.
    func catchUp() async { for _ in 0..<20 { await Task.yield() } }

    /// Ends the drawing.
    func settle() { isDone = true }

    /// Says what it amounts to, and gives the terminal back.
    func finish() async {
        isDone = true
        let seconds = beginning.duration(to: .now) / .seconds(1)
        await writer.finish()
        if !isQuiet, !context.isJSON, let line = summary.closing(elapsed: seconds) {
            await say([line])
        }
    }

    /// The exit status: 0 when everything that ran is well.
    var exitCode: Int32 {
        guard !broken.isEmpty else { return tally.exitCode }
        return engines.isEmpty
            ? RunDisplay.exitCode(of: broken) : Failure.Code.partial.exitCode
    }

    /// The exit status where no workspace could be run.
    static func exitCode(of broken: [Failure]) -> Int32 {
        let codes = Set(broken.map(\.code.exitCode))
        return codes.count == 1 ? codes.first ?? 0 : Failure.Code.partial.exitCode
    }

    private func prefixed(_ line: String, _ workspace: String) -> String {
        namesWorkspaces ? "\(workspace): \(line)" : line
    }

    private func say(_ lines: [String]) async {
        for line in lines { await writer.printAbove(line) }
    }
}
