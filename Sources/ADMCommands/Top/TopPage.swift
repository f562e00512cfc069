import ADMEngine
import ADMModel

/// The page of `adm top`: a pure value, so that the same state gives the same lines.
struct TopPage {
    /// What is shown.
    let overview: Overview
    /// Bytes a second of the last looks, the latest last.
    let history: [Double]
    /// Which job is chosen, by its place in the list.
    let selected: Int
    /// A message or a question for the person.
    let message: String?
    let width: Int
    let height: Int
    let color: Bool
    let unicode: Bool

    /// How many rows jobs may take.
    private var room: Int {
        let used = 3 + overview.workspaces.count + 3 + min(3, overview.failures.count) + 2
        return max(3, height - used)
    }

    /// The first job that is shown, so that the chosen one is among them.
    private var firstShown: Int {
        max(0, min(selected - room / 2, overview.jobs.count - room))
    }

    /// At most `height` lines of at most `width` columns.
    var lines: [String] {
        var lines = [head, ""]
        lines += workspaces
        lines.append("")
        lines += jobs
        if !overview.failures.isEmpty {
            lines += ["", heading("LAST FAILURES")] + failures
        }
        let shown = lines.prefix(max(1, height - 1))
        let padding = Array(repeating: "", count: max(0, height - 1 - shown.count))
        return (shown + padding + [footer]).prefix(height).map {
            StyledText.clipped($0, to: width)
        }
    }

    // MARK: - Parts

    /// Whether slots are shared out; connections if their number is not limited.
    private var isOfSlots: Bool { overview.budget.limits.unit == .slots }

    private var head: String {
        let limits = overview.budget.limits
        let used = overview.budget.slots
        let slots =
            isOfSlots
            ? "\(used.count)/\(limits.slots) slots"
            : "\(used.connections)/\(limits.connections) connections"
        let rate = limits.rate.isLimit ? ", at most \(limits.rate.shown)" : ""
        let speed = ProgressLine.perSecond(overview.bytesPerSecond)
        let line = Sparkline.text(history.suffix(max(8, width / 3)), unicode: unicode)
        return "\(Ink.bold.paint("adm top", color: color))  \(slots)\(rate)  "
            + "\(speed)  \(Ink.cyan.paint(line, color: color))"
    }

    private var workspaces: [String] {
        var table = Table([
            .init("WORKSPACE", isFlexible: true), .init(isOfSlots ? "SLOTS" : "CONN", .right),
            .init("PART", .right),
            .init("WEIGHT", .right), .init("SPEED", .right), .init("RUNNING", .right),
            .init("READY", .right), .init("OTHER", .right), .init("DONE", .right),
            .init("FAILED", .right), .init(""),
        ])
        for workspace in overview.workspaces {
            let count = { (states: [JobState]) -> String in
                let sum = states.map { workspace.counts[$0, default: 0] }.reduce(0, +)
                return sum > 0 ? "\(sum)" : "-"
            }
            let part = (workspace.entitled * 10).rounded() / 10
            table.add([
                workspace.name, "\(isOfSlots ? workspace.slots : workspace.connections)",
                part > 0 ? "\(part)" : "-",
                "\(workspace.share.weight)",
                workspace.bytesPerSecond > 0
                    ? ProgressLine.perSecond(workspace.bytesPerSecond) : "-",
                count([.running, .finalizing]), count([.ready]),
                count([.scheduled, .paused, .retrying, .blocked]), count([.succeeded]),
                count([.failed]),
                workspace.problem?.message ?? (workspace.share.isPaused ? "paused" : ""),
            ])
        }
        return table.lines(width: width, color: color, unicode: unicode)
    }

    private var jobs: [String] {
        guard !overview.jobs.isEmpty else { return [heading("nothing runs or waits")] }
        let name = overview.jobs.map { DisplayWidth.columns($0.workspace) }.max() ?? 4
        var lines = [
            heading(
                "  \("WORKSPACE".padded(to: max(9, name)))  \("JOB".padded(to: 6, .right))  "
                    + "STATE      FILE"
            )
        ]
        for index in firstShown..<min(overview.jobs.count, firstShown + room) {
            let entry = overview.jobs[index]
            let isChosen = index == selected
            let mark = isChosen ? unicode ? "›" : ">" : " "
            let text = [
                "\(mark) \(entry.workspace.padded(to: max(9, name)))",
                "\(entry.job.number)".padded(to: 6, .right),
                entry.job.state.rawValue.padded(to: 9), detail(entry),
            ].joined(separator: "  ")
            lines.append(isChosen ? Ink.bold.paint(text, color: color) : text)
        }
        let hidden = overview.jobs.count - room
        if hidden > 0 { lines.append(heading("  … \(hidden) more")) }
        return lines
    }

    private func detail(_ entry: Overview.Entry) -> String {
        let job = entry.job
        let title = Terminal.printable(job.title, unicode: unicode)
        guard job.state == .running || job.bytesDone > 0 else {
            let priority = job.request.priority == 1 ? "" : "  priority \(job.request.priority)"
            let reason = job.state == .retrying ? "  \(job.failure?.message ?? "")" : ""
            return title + priority + Terminal.printable(reason)
        }
        let bar = ProgressBar(width: max(10, min(24, width / 5)), unicode: unicode)
        let total = job.bytesTotal ?? 0
        let fraction = total > 0 ? Double(job.bytesDone) / Double(total) : 0
        let amount =
            total > 0
            ? "\(Int(saturating: fraction * 100))%".padded(to: 4, .right)
            : "\(ByteCount(job.bytesDone))"
        let speed = entry.bytesPerSecond > 0 ? ProgressLine.perSecond(entry.bytesPerSecond) : ""
        return
            "\(bar.text(fraction: fraction)) \(amount)  \(speed.padded(to: 10, .right))  \(title)"
    }

    private var failures: [String] {
        overview.failures.prefix(3).map { entry in
            let time = entry.job.finishedAt?.shown ?? ""
            let text =
                "  \(time)  \(entry.workspace) job \(entry.job.number): "
                + (entry.job.failure?.message ?? "failed")
            return Ink.red.paint(Terminal.printable(text, unicode: unicode), color: color)
        }
    }

    private var footer: String {
        if let message { return Ink.yellow.paint(Terminal.printable(message), color: color) }
        let keys = "up/down choose  p pause  r resume  c cancel  + - priority  q quit"
        return Ink.dim.paint(keys, color: color)
    }

    private func heading(_ text: String) -> String { Ink.dim.paint(text, color: color) }
}

/// Numbers as a row of bars.
enum Sparkline {
    /// One column for each number; the highest bar is the highest number.
    static func text(_ numbers: some Collection<Double>, unicode: Bool) -> String {
        let bars = unicode ? Array("▁▂▃▄▅▆▇█") : Array("_.-=+*#@")
        let most = numbers.max() ?? 0
        return String(
            numbers.map { number in
                guard most > 0, number.isFinite, number > 0 else { return bars[0] }
                let height = Int(saturating: number / most * Double(bars.count - 1) + 0.5)
                return bars[min(bars.count - 1, height)]
            }
        )
    }
}
