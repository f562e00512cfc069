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
        let configuration = try EngineConfiguration(context.workspaces, try context.selection())
        let names = jobs
        let removed = try await Engine.run(configuration) { engine in
            var found = JobListing()
            for name in names {
                if let job = try await engine.unreadableJob(name) {
                    found.unreadable.append(job)
                } else {
                    found.jobs.append(try await engine.job(name))
                }
            }
            for job in found.jobs { try await engine.remove(job) }
            for job in found.unreadable { try await engine.remove(job) }
            return found
        }
        try context.show(ListedRow.rows(removed)) {
            for job in removed.jobs { context.note("removed job \(job.number): \(job.title)") }
            for job in removed.unreadable {
                context.note("removed job \(job.number): \(Terminal.printable(job.title))")
            }
        }
    }
}
