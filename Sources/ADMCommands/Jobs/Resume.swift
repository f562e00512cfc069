import ADMEngine
import ADMModel
import ArgumentParser

/// `adm resume`: goes on with jobs in the foreground.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with jobs that were interrupted, are held, or failed.",
        usage: "adm resume JOB… | --all [OPTIONS]",
        discussion: """
            With --all: every job that is not finished, without those that failed.

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

    @OptionGroup var tuning: TuningOptions
    @OptionGroup var runOptions: RunOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard jobs.isEmpty == all else {
            throw ValidationError("give the jobs to go on with, or --all for every one of them")
        }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let headers = try HeaderFile.fields(header)
        let run = try ForegroundRun(
            context,
            flags: tuning.flags.merging(runOptions.flags) { $1 },
            printsPaths: runOptions.printPath
        )
        let names = jobs
        try await run.execute { session in
            for job in try await session.unfinished(names) {
                await session.resume(job, headers: headers)
            }
        }
    }
}
