import ADMEngine
import ADMModel
import ArgumentParser

/// `adm resume`: resumes jobs in the foreground.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Resume jobs that were interrupted, are held, or failed.",
        usage: "adm resume JOB… | --all [OPTIONS]",
        discussion: """
            With --all: every job that is not finished, without those that failed, and without those \
            that wait for their time or for another job.

            EXAMPLES:
              adm resume 3
              adm resume --all
              adm resume 3 --header @token.txt
            """
    )

    @Argument(help: ArgumentHelp("The jobs.", valueName: "job"))
    var jobs: [String] = []

    @Flag(name: .long, help: "All jobs that are not finished.")
    var all = false

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("Send this header field; @FILE reads it.", valueName: "name: value")
    )
    var header: [String] = []

    @OptionGroup var login: LoginOptions
    @OptionGroup var tuning: TuningOptions
    @OptionGroup var runOptions: RunOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard jobs.isEmpty == all else {
            throw ValidationError("give the jobs to resume, or --all for every one of them")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let headers = try HeaderFile.fields(header, context)
        let run = try await ForegroundRun(
            context,
            flags: try tuning.flags.merging(runOptions.flags) { $1 },
            netrc: runOptions.netrcOptions,
            printsPaths: runOptions.printPath
        )
        let names = jobs
        let login = try self.login.login(context)
        try await run.execute { session in
            await session.use(login)
            let jobs = try await session.unfinished(names)
            if jobs.isEmpty, names.isEmpty { context.note("there is nothing to resume") }
            try await session.resume(jobs, headers: headers)
        }
    }
}
