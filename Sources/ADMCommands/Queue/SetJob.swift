import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm queue set`: changes jobs that wait, and the speed of those that run.
struct SetJob: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract:
            "Change priority, time, place or settings of jobs that wait, or the speed of running ones.",
        usage: "adm queue set JOB… [OPTIONS]",
        discussion: """
            A new place is possible as long as the job has no bytes. Of a job that runs --limit-rate alone \
            can change, and counts within a second.

            EXAMPLES:
              adm queue set 3 --priority 10
              adm queue set 3 4 --at 22:00 --limit-rate 500k
              adm queue set 3 --tag night --untag day
            """
    )

    @Argument(help: ArgumentHelp("The jobs.", valueName: "job"))
    var jobs: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Higher first, from \(Priority.allowed.lowerBound) to \(Priority.allowed.upperBound).",
            valueName: "number"
        )
    )
    var priority: String?

    @Option(name: .long, help: ArgumentHelp("Begin at this time, or +2h.", valueName: "time"))
    var at: String?

    @Option(
        name: [.short, .long, .customLong("directory")],
        help: ArgumentHelp("Save into this directory.", valueName: "path"),
        completion: .directory
    )
    var dir: String?

    @Option(
        name: [.customShort("O"), .long],
        help: ArgumentHelp("Save under this name.", valueName: "name")
    )
    var filename: String?

    @Option(name: .long, help: ArgumentHelp("Mark it with this word.", valueName: "word"))
    var tag: [String] = []

    @Option(name: .long, help: ArgumentHelp("Take this word from it.", valueName: "word"))
    var untag: [String] = []

    @OptionGroup var tuning: TuningOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        try QueueOptions.check(tags: tag)
        guard filename == nil || jobs.count == 1 else {
            throw ValidationError("--filename names one file, and \(jobs.count) jobs are given")
        }
        let isEmpty =
            priority == nil && at == nil && dir == nil && filename == nil && tag.isEmpty
            && untag.isEmpty && tuning.isEmpty
        if isEmpty { throw ValidationError("say what to change, for example --priority 10") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.configuration()
        var change = JobChange()
        change.priority = try priority.map(Priority.parse)
        if let at { change.runAt = try TimeParser.parse(at, option: "--at") }
        change.directory = try dir.map { try context.absolutePath($0) }
        change.fileName = filename
        change.addedTags = tag
        change.removedTags = untag
        change.settings = try tuning.settings
        let wanted = change
        let (changed, several) = try await Home.run(in: configuration) { engine in
            var changed: [Job] = []
            var several = Several(context)
            for name in jobs {
                do {
                    let job = try await engine.job(name)
                    changed.append(try await engine.queue.change(job, wanted))
                } catch let failure as Failure { several.refuse(failure) }
            }
            return (changed, several)
        }
        if !changed.isEmpty {
            try context.show(changed.map(JobDocument.init)) {
                for job in changed { context.note("changed job \(job.number): \(job.title)") }
            }
        }
        try several.end(hasDone: !changed.isEmpty)
    }
}
