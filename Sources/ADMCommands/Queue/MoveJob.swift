import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm queue move`: puts jobs before or behind all others.
struct MoveJob: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Put waiting jobs before or behind all others of the workspace.",
        usage: "adm queue move JOB… --first | --last",
        discussion: """
            EXAMPLES:
              adm queue move 3 --first
              adm queue move 3 4 --last
            """
    )

    @Argument(help: ArgumentHelp("The jobs, in the order that they are to have.", valueName: "job"))
    var jobs: [String]

    @Flag(name: .long, help: "Before all others.")
    var first = false

    @Flag(name: .long, help: "Behind all others.")
    var last = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard first != last else { throw ValidationError("say --first or --last") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.configuration()
        let (moved, several) = try await Home.run(in: configuration) { engine in
            var several = Several(context)
            let moved = try await engine.queue.move(named: jobs, toFront: first) {
                several.refuse($0)
            }
            return (moved, several)
        }
        if !moved.isEmpty {
            try context.show(moved.map(JobDocument.init)) {
                for job in moved {
                    context.note(
                        "job \(job.number) is \(first ? "first" : "last") now: \(job.title)"
                    )
                }
            }
        }
        try several.end(hasDone: !moved.isEmpty)
    }
}
