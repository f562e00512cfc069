import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm why`: says in one sentence why a job is not running.
struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say in one sentence why a job is not running.",
        usage: "adm why JOB [--json]",
        discussion: """
            EXAMPLES:
              adm why 3
              adm why 3 --json
            """
    )

    @Argument(help: ArgumentHelp("The job.", valueName: "job"))
    var job: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let report = try await WorkspaceReader.run(configuration) { engine in
            try await engine.why(try await engine.job(job))
        }
        try context.show(WaitDocument(report)) {
            context.say(Terminal.printable(report.sentence))
            if let hint = report.hint { context.answer("hint: \(hint)") }
        }
    }
}
