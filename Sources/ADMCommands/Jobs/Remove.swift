import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm rm`: forgets jobs.
struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Forget jobs that are not running, with their part files; saved files stay.",
        usage: "adm rm JOB…",
        discussion: """
            EXAMPLES:
              adm rm 3
              adm rm 3 4 5
            """,
        aliases: ["remove"]
    )

    @Argument(help: ArgumentHelp("The jobs.", valueName: "job"))
    var jobs: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.configuration()
        let names = jobs
        let (removed, several) = try await Home.run(in: configuration) { engine in
            var several = Several(context)
            var found = JobListing()
            for name in names {
                do {
                    let removed = try await engine.queue.remove(named: name)
                    if let job = removed.job { found.jobs.append(job) }
                    if let job = removed.unreadable { found.unreadable.append(job) }
                    if let left = removed.leftover { several.refuse(left) }
                } catch let failure as Failure { several.refuse(failure) }
            }
            return (found, several)
        }
        if !removed.isEmpty || several.isWell {
            try context.show(ListedJobDocument.all(removed)) {
                for job in removed.jobs { context.note("removed job \(job.number): \(job.title)") }
                for job in removed.unreadable {
                    context.note("removed job \(job.number): \(Terminal.printable(job.title))")
                }
            }
        }
        try several.end(hasDone: !removed.isEmpty)
    }
}
