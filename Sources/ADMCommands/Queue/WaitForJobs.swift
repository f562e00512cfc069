import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm queue wait`: waits until jobs are finished, in whichever process they run.
struct WaitForJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until jobs are finished, in whichever process they run.",
        usage: "adm queue wait JOB… | --all [--timeout TIME] [--fail-fast]",
        discussion: """
            The exit status is 0 when all have succeeded, 7 when some have not, that of their failure \
            when all failed alike (15 when all were cancelled), 12 when the time was up. It runs nothing \
            itself: if nobody runs the queue, or a job is held, it waits until somebody does.

            EXAMPLES:
              adm queue wait 3 4
              adm queue wait --all --timeout 10m
            """
    )

    @Argument(help: ArgumentHelp("The jobs.", valueName: "job"))
    var jobs: [String] = []

    @Flag(name: .long, help: "All that are not finished now.")
    var all = false

    @Option(
        name: .long,
        help: ArgumentHelp("Wait at most this long: 30s, 10m, 2h.", valueName: "time")
    )
    var timeout: String?

    @Flag(name: .long, help: "End with the first job that fails or is cancelled.")
    var failFast = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard jobs.isEmpty == all else {
            throw ValidationError("give the jobs to wait for, or --all for every one of them")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.configuration()
        let limit = try timeout.map { (text) throws(Failure) in
            try TimeParser.span(text, option: "--timeout")
        }
        let ending = try await Interruption.run(
            first: SecondSignal.arm,
            again: SecondSignal.end
        ) {
            try await Home.run(in: configuration) { engine in
                var numbers: [Int64] = []
                for name in jobs { numbers.append(try await engine.job(name).number) }
                return try await engine.queue.wait(
                    for: all ? nil : numbers,
                    limit: limit,
                    failsFast: failFast
                )
            }
        }
        switch ending {
        case .interrupted(let signal): throw ExitCode(signal.exitCode)
        case .finished(let awaited): try report(awaited, context)
        }
    }

    private func report(_ awaited: AwaitedJobs, _ context: CommandContext) throws {
        try context.show(awaited.jobs.map(JobDocument.init)) {
            for job in awaited.jobs where job.state.isFinal {
                context.say(
                    "\(job.number)\t\(job.state.rawValue)\t\(Terminal.printable(job.title))"
                )
            }
        }
        let left = awaited.jobs.count { !$0.state.isFinal }
        // A number alone is seconds.
        let shownLimit = timeout.map { Double($0) == nil ? $0 : "\($0) s" } ?? ""
        if awaited.isTimedOut {
            throw Failure(
                .timedOut,
                "\(left) \(left == 1 ? "job is" : "jobs are") not finished after \(shownLimit)",
                hint: "adm why JOB says what a job waits for"
            )
        }
        let bad = awaited.jobs.filter { $0.state.isFinal && $0.state != .succeeded }
        guard !bad.isEmpty else { return }
        let isEveryOne = bad.count == awaited.jobs.count
        let codes = Set(bad.map { ($0.failure?.code ?? .cancelled).exitCode })
        let code = isEveryOne && codes.count == 1 ? codes.first : Failure.Code.partial.exitCode
        throw ExitCode(code ?? 1)
    }
}
