import ADMDocuments
import ADMEngine
import ADMModel

/// Shows the jobs of one command while they run, and what came of them.
///
/// Any number of workspaces may come and go while it draws: each is shown by ``showing(_:ends:_:)`` for
/// as long as it is worked in. What is said, and where, is up to its ``DisplayPlan``.
actor ProgressDisplay {
    /// What is shown, and where.
    nonisolated let plan: DisplayPlan
    private let context: CommandContext
    private let color: Bool
    private let terminal = Terminal.error
    private let writer: ProgressWriter
    private let summary: Summary
    private let beginning = ContinuousClock.now
    private var plain: PlainProgress
    private var json = JSONProgress()
    private var engines: [Workspace] = []
    private var workspaces: Set<String>
    private var total: Int?
    /// What came of the jobs so far.
    private(set) var tally: Tally

    /// Shows nothing yet; `workspaces` are those that are known by now, which lines tell apart if there
    /// are several.
    init(
        _ context: CommandContext,
        _ work: DisplayPlan.Work,
        settings: EffectiveSettings,
        printsPaths: Bool,
        namesFiles: Bool = true,
        keepsJobs: Bool = false,
        workspaces: [String] = []
    ) {
        self.context = context
        self.workspaces = Set(workspaces)
        let plan = DisplayPlan(
            work,
            progress: settings.progress,
            isQuiet: context.isQuiet || settings.isQuiet,
            isJSON: context.isJSON,
            printsPaths: printsPaths,
            namesFiles: namesFiles,
            canRedraw: terminal.canRedraw
        )
        self.plan = plan
        tally = Tally(keepsJobs: keepsJobs || plan.printsJobs)
        color = terminal.usesColor(context.color ?? settings.color)
        let summary = Summary(
            home: context.environment["HOME"],
            color: color,
            namesFiles: namesFiles
        )
        self.summary = summary
        plain = PlainProgress(summary: summary)
        writer = ProgressWriter(terminal)
    }

    // MARK: - Scopes

    /// Draws bars while `body` runs, if the plan says so, and gives the terminal back at its end.
    nonisolated func drawing<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await withThrowingTaskGroup(of: Void.self) { group in
                if plan.style == .bar { group.addTask { await self.drawBars() } }
                defer { group.cancelAll() }
                return try await body()
            }
            await writer.finish()
            return result
        } catch {
            await writer.finish()
            throw error
        }
    }

    /// Shows a workspace while `body` works in it; then its events end, and all of them have been shown
    /// when this returns.
    ///
    /// `ends` are the ends of its jobs, unless somebody hands them to ``ended(_:in:)``.
    nonisolated func showing(
        _ engine: Workspace,
        ends: AsyncStream<JobOutcome>? = nil,
        _ body: () async throws -> Void
    ) async throws {
        let name = engine.configuration.selection.name.description
        let events = plan.followsEvents ? await engine.events() : nil
        let waits = await engine.coolDownNotices()
        await open(engine, name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await wait in waits { await self.waits(wait, in: name) } }
            if let ends {
                group.addTask { for await end in ends { await self.ended(end, in: name) } }
            }
            if let events {
                group.addTask { for await event in events { await self.show(event, in: name) } }
            }
            do {
                try await body()
            } catch {
                await end(engine)
                throw error
            }
            await end(engine)
            try await group.waitForAll()
        }
    }

    private func open(_ engine: Workspace, _ name: String) {
        tally.open()
        workspaces.insert(name)
        engines.append(engine)
    }

    private func end(_ engine: Workspace) async {
        engines.removeAll { $0 === engine }
        await engine.endEvents()
    }

    private func drawBars() async {
        var frame = 0
        while !Task.isCancelled {
            var page = ProgressPage(rows: [], total: total, frame: frame)
            for engine in engines {
                page.rows += await engine.progress()
                page.queued += await engine.waitingCount()
            }
            page.tally = tally
            let size = terminal.size
            let canvas = Canvas(
                width: size.columns,
                height: size.rows,
                color: color,
                unicode: terminal.usesUnicode
            )
            await writer.draw(page.lines(on: canvas))
            frame += 1
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    // MARK: - What happens

    /// A job was begun.
    func began() { tally.begin() }

    /// Nothing more will be added: these are all the jobs there are.
    func expectNoMore() { total = tally.started }

    /// Something happened to a job.
    private func show(_ event: JobEvent, in workspace: String) async {
        await noticeDamage(event, in: workspace)
        switch plan.style {
        case .plain: await say(plain.lines(for: event), workspace)
        case .json: context.say(json.line(for: event))
        case .auto, .bar, .none: return
        }
    }

    /// A job that cannot be read is given up without ever having run here: nothing else tells of it.
    private func noticeDamage(_ event: JobEvent, in workspace: String) async {
        guard plan.noticesDamage, case .failed(let failure) = event.kind,
            failure.code == .databaseDamaged
        else { return }
        tally.refuse(failure)
        guard plan.style == .bar || plan.style == .none else { return }
        await say(summary.lines(for: event) ?? [], workspace)
    }

    /// A job has ended.
    func ended(_ outcome: JobOutcome, in workspace: String) async {
        tally.add(outcome)
        if let path = plan.path(for: outcome) { context.say(path) }
        switch plan.speech(for: outcome) {
        case .nothing: return
        case .json: if let failure = outcome.failure { await report(failure) }
        case .lines:
            let advice = [plan.advice(for: outcome)].compactMap(\.self)
            await say(summary.lines(for: outcome) + advice, workspace)
        }
    }

    /// Something could not even begin.
    func refused(_ failure: Failure) async {
        tally.refuse(failure)
        if context.isJSON { return await report(failure) }
        await say(FailureReport.lines(failure))
    }

    /// The jobs of a workspace cannot be run, while those of others continue.
    func failed(_ failure: Failure, in workspace: String) async {
        tally.lose(failure)
        workspaces.insert(workspace)
        if context.isJSON { return await report(failure) }
        await say(FailureReport.lines(failure), workspace)
    }

    /// How many workspaces could be worked in, whether or not there was anything to do.
    func found(_ workspaces: Int) {
        for _ in 0..<workspaces { tally.open() }
    }

    /// Jobs wait because a server asked for it.
    private func waits(_ notice: CoolDownNotice, in workspace: String) async {
        if plan.tellsWaits { await say([notice.line()], workspace) }
    }

    /// Warns of something that weakens the whole run.
    func warn(_ text: String, hint: String? = nil) async {
        await say(["adm: warning: \(text)"] + (hint.map { ["hint: \($0)"] } ?? []))
    }

    /// A signal asks to stop; what runs is being stopped already.
    func stopping(_ signal: Interruption.Signal) async {
        await SecondSignal.arm(after: signal)
        guard plan.informs else { return }
        let work =
            plan.work == .downloads
            ? "saving progress" : "running jobs save their progress and go back into the queue"
        await say(["adm: " + SecondSignal.notice(signal, work)])
    }

    // MARK: - The end

    /// Says what all jobs amount to.
    ///
    /// - Throws: ``Failure`` if standard output cannot be written.
    func summarise() async throws {
        let seconds = beginning.duration(to: .now) / .seconds(1)
        if plan.informs, let line = summary.closing(tally, elapsed: seconds) { await say([line]) }
        try printJobs()
    }

    /// Says that a signal ended downloads, and how they continue.
    ///
    /// - Throws: ``Failure`` if standard output cannot be written.
    func interrupted(workspace: WorkspaceName) async throws {
        if tally.unfinished > 0 {
            await say([
                "adm: interrupted; \(tally.unfinished) not finished, everything fetched is kept",
                "hint: the same command continues, and so does adm resume --all -w \(workspace)",
            ])
        }
        try printJobs()
    }

    private func printJobs() throws {
        guard plan.printsJobs else { return try context.output.check() }
        try context.show(tally.jobs.map(JobDocument.init)) {}
    }

    /// A failure as one JSON object on one line, as every command prints it with `--json`.
    private func report(_ failure: Failure) async {
        await writer.printAbove(FailureReport.line(failure))
    }

    private func say(_ lines: [String], _ workspace: String? = nil) async {
        let prefix = workspaces.count > 1 ? workspace.map { "\($0): " } ?? "" : ""
        for line in lines { await writer.printAbove(prefix + line) }
    }
}
