import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser

/// `adm show`: shows one job with everything that is known about it.
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one job: where it stands, where it comes from, why it failed.",
        usage: "adm show JOB [--json]",
        discussion: """
            A job is named by its number, or by its identifier or the beginning of that.

            EXAMPLES:
              adm show 3
              adm show 3 --json
            """
    )

    @Argument(help: ArgumentHelp("The job.", valueName: "job"))
    var job: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let configuration = try await context.lookedAtConfiguration()
        let name = job
        let (job, segments, failures) = try await WorkspaceReader.run(configuration) { engine in
            try await engine.detail(of: name)
        }
        let document = JobDetailDocument(job, segments: segments.ranges, failures: failures)
        try context.show(document) {
            context.fields(lines(job, segments))
            for attempt in failures {
                context.say(
                    "  \(attempt.occurredAt.shown)  attempt \(attempt.attempt):"
                        + " \(attempt.failure.message)"
                )
            }
        }
    }

    private func lines(_ job: Job, _ segments: SegmentMap) -> [(String, String?)] {
        [
            ("job", "\(job.number)  \(job.id)"),
            ("state", job.state.rawValue),
            ("url", job.request.url.masked),
            ("came from", job.finalURL.flatMap { $0 == job.request.url ? nil : $0.masked }),
            ("saved as", job.state == .succeeded ? job.destination : nil),
            ("saves into", job.state == .succeeded ? nil : job.destination ?? job.directory),
            ("done", job.amount.isEmpty ? nil : job.amount),
            ("pieces", segments.ranges.count > 1 ? "\(segments.ranges.count)" : nil),
            ("verified", job.verification.map { "\($0.checksum) (\($0.source.rawValue))" }),
            ("entity tag", job.validators.entityTag),
            ("last modified", job.validators.lastModified),
            ("attempts", "\(job.attempts)"),
            ("priority", job.request.priority == 1 ? nil : "\(job.request.priority)"),
            ("tags", job.tags.isEmpty ? nil : job.tags.joined(separator: ", ")),
            ("after", job.after.map { "job \($0)" }),
            ("not before", job.state == .scheduled ? job.runAt.shown : nil),
            ("added", job.createdAt.shown),
            ("finished", job.finishedAt?.shown),
            (
                "transfer time",
                job.transferSeconds > 0 ? DurationText.elapsed(job.transferSeconds) : nil
            ),
            ("problem", job.failure?.message),
            ("hint", job.failure?.hint),
        ]
    }
}
