import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm queue list`: shows what runs and what comes next.
struct ListQueue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what runs and what comes next, in the order in which it is run.",
        usage: "adm queue list [--state STATE] [--tag WORD] [--limit N] [--before JOB] [--json]",
        discussion: """
            With --state, --tag or --before: those jobs, newest first. The next page begins with \
            --before and the number of the last job of this one.

            EXAMPLES:
              adm queue list
              adm queue list --state paused --tag night
              adm queue list --state ready --limit 100 --before 4711
            """,
        aliases: ["ls"]
    )

    @Option(
        name: .long,
        help: ArgumentHelp("Only jobs in this state. May be repeated.", valueName: "state")
    )
    var state: [JobState] = []

    @Option(name: .long, help: ArgumentHelp("Only jobs marked with this word.", valueName: "word"))
    var tag: String?

    @Option(name: .long, help: ArgumentHelp("Show at most this many.", valueName: "number"))
    var limit: Int = 50

    @Option(name: .long, help: ArgumentHelp("Only jobs added before this one.", valueName: "job"))
    var before: Int64?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a whole number from 1 on") }
    }

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let (listing, counts) = try await WorkspaceReader.run(configuration) { engine in
            let listing = try await self.listing(engine)
            return (listing, try await engine.counts())
        }
        try context.show(ListedJobDocument.all(listing)) {
            if !listing.isEmpty {
                context.table(
                    ListQueue.heads,
                    listing.jobs.map(ListQueue.row)
                        + listing.unreadable.map {
                            ["\($0.number)", "unreadable", "", "", "", $0.title, ""]
                        }
                )
            }
            let waiting = JobState.allCases.filter { !$0.isFinal && counts[$0, default: 0] > 0 }
            let words = waiting.map { "\(counts[$0, default: 0]) \($0.rawValue)" }
            if words.isEmpty {
                context.note("the queue of \(configuration.selection.name) is empty")
            } else {
                context.remark(words.joined(separator: ", "))
            }
        }
    }

    private func listing(_ engine: WorkspaceReader) async throws -> JobListing {
        if let tag {
            return try await engine.list(
                tagged: tag,
                in: Set(state),
                after: before,
                limit: limit
            )
        }
        guard state.isEmpty, before == nil else {
            return try await engine.list(in: Set(state), after: before, limit: limit)
        }
        return try await engine.unfinished(limit: limit)
    }

    private static let heads = ["JOB", "STATE", "PRIORITY", "WHEN", "DONE", "FILE", "TAGS"]

    private static func row(_ job: Job) -> [String] {
        let isLater = job.state == .scheduled || job.state == .retrying
        return [
            "\(job.number)", job.state.rawValue,
            job.request.priority == 1 ? "" : "\(job.request.priority)",
            isLater ? job.runAt.shown : job.state == .blocked ? "after \(job.after ?? 0)" : "",
            job.amount, job.title, job.tags.joined(separator: " "),
        ]
    }
}
