import ADMEngine
import ADMModel

/// One run of `adm top`: looks, draws, and does what keys say.
actor TopSession {
    private let watch: OverviewWatch
    private let context: CommandContext
    private let terminal = Terminal.output
    private var overview: Overview?
    private var history: [Double] = []
    private var chosen: (workspace: String, job: Int64)?
    private var message: (text: String, until: ContinuousClock.Instant)?
    private var question: Overview.Entry?
    private var drawn: [String] = []
    private var size: Terminal.Size?

    init(_ watch: OverviewWatch, _ context: CommandContext) {
        self.watch = watch
        self.context = context
    }

    /// The page as it is now, for somebody who does not watch.
    func once() async throws -> [String] {
        _ = try await watch.sample()
        // A speed needs two looks.
        try await Task.sleep(for: .milliseconds(1100))
        try await look()
        let width = terminal.isTerminal ? terminal.size.columns : 1000
        // The last line explains keys, and there are none; the page is as high as it needs to be.
        return page(Terminal.Size(columns: width, rows: 1000)).dropLast()
            .reversed().drop { $0.isEmpty }.reversed()
    }

    /// Runs until somebody leaves.
    func run(_ keys: KeyReader) async throws {
        var lastLook: ContinuousClock.Instant?
        while true {
            try Task.checkCancellation()
            if lastLook.map({ $0.duration(to: .now) >= .milliseconds(500) }) ?? true {
                try await look()
                lastLook = .now
            }
            draw()
            guard let pressed = await keys.next() else { return }
            for key in pressed {
                guard try await !obey(key) else { return }
                lastLook = nil
            }
        }
    }

    private func look() async throws {
        let next = try await watch.sample()
        overview = next
        history.append(next.bytesPerSecond)
        if history.count > 300 { history.removeFirst() }
    }

    // MARK: - Keys

    private var selected: Int {
        guard let chosen, let jobs = overview?.jobs else { return 0 }
        return jobs.firstIndex { $0.workspace == chosen.workspace && $0.job.number == chosen.job }
            ?? 0
    }

    private var entry: Overview.Entry? {
        guard let jobs = overview?.jobs, !jobs.isEmpty else { return nil }
        return jobs[min(selected, jobs.count - 1)]
    }

    private func choose(_ index: Int) {
        guard let jobs = overview?.jobs, !jobs.isEmpty else { return }
        let entry = jobs[max(0, min(index, jobs.count - 1))]
        chosen = (entry.workspace, entry.job.number)
    }

    /// Does what a key says; true for leaving.
    private func obey(_ key: Key) async throws -> Bool {
        if let asked = question {
            question = nil
            if case .character("y") = key { await act(.cancel, asked, "cancelling") }
            return false
        }
        switch key {
        case .character("q"), .character("Q"): return true
        case .up, .character("k"): choose(selected - 1)
        case .down, .character("j"): choose(selected + 1)
        case .pageUp: choose(selected - 10)
        case .pageDown: choose(selected + 10)
        case .home: choose(0)
        case .end: choose(Int.max - 1)
        case .character("p"): await act(.pause, entry, "pausing")
        case .character("r"): await act(.resume, entry, "resuming")
        case .character("c"): question = entry
        case .character("+"), .character("="): await raise(by: 1)
        case .character("-"): await raise(by: -1)
        case .escape, .character: break
        }
        return false
    }

    private func act(_ action: QueueAction, _ entry: Overview.Entry?, _ verb: String) async {
        guard let entry else { return }
        chosen = (entry.workspace, entry.job.number)
        do {
            let summary = try await watch.act(action, on: entry)
            let job = "job \(entry.job.number) of \(entry.workspace)"
            let acts = summary.changed + summary.requested > 0
            let state = summary.outcomes.first?.from ?? entry.job.state
            say(acts ? "\(verb) \(job)" : "\(job) is \(state.rawValue): nothing to do")
        } catch { say(message(error)) }
    }

    private func raise(by step: Int) async {
        guard let entry else { return }
        chosen = (entry.workspace, entry.job.number)
        do {
            let job = try await watch.raise(entry, by: step)
            say("job \(job.number) has the priority \(job.request.priority)")
        } catch { say(message(error)) }
    }

    private func message(_ error: any Error) -> String {
        (error as? Failure)?.message ?? "\(error)"
    }

    private func say(_ text: String) { message = (text, .now.advanced(by: .seconds(3))) }

    // MARK: - Drawing

    private func page(_ size: Terminal.Size) -> [String] {
        guard let overview else { return [] }
        var text = message.flatMap { $0.until > .now ? $0.text : nil }
        if let question { text = "cancel job \(question.job.number) of \(question.workspace)? y/n" }
        return TopPage(
            overview: overview,
            history: history,
            selected: selected,
            message: text,
            width: size.columns,
            height: size.rows,
            color: terminal.usesColor(context.color ?? .auto),
            unicode: terminal.usesUnicode
        ).lines
    }

    private func draw() {
        let size = terminal.size
        let lines = page(size)
        guard lines != drawn || size != self.size, terminal.takesOutput else { return }
        // After a change of the window, what is on the screen may be anywhere.
        let start = size == self.size ? "\u{1B}[H" : "\u{1B}[2J\u{1B}[H"
        context.say(start + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n"), terminator: "")
        drawn = lines
        self.size = size
    }
}
