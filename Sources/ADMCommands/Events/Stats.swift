import ADMDocuments
import ADMEngine
import ADMModel
import ArgumentParser
import Foundation

/// `adm stats`: what the finished jobs amount to.
struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count finished jobs, bytes, retries and times.",
        usage: "adm stats [--since TIME] [--by workspace|host|day] [--json]",
        discussion: """
            Of all workspaces, or of the one that --workspace or --profile names. WAIT is the time \
            from being ready to the first attempt, FETCH that of the transfer; p50, p95 and p99 of \
            each. The fairness index is Jain's, of transfer time over weight: 1 where every workspace \
            had the same. A workspace that cannot be read is reported, and the exit status is not 0.

            EXAMPLES:
              adm stats
              adm stats --since 7d --by day
              adm stats --since 2026-11-01T00:00:00Z --by host --json
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only jobs that finished since: 24h, 7d, or a time.",
            valueName: "time"
        )
    )
    var since: String?

    @Option(name: .long, help: ArgumentHelp("workspace, host or day.", valueName: "what"))
    var by: StatisticsGrouping = .workspace

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try CommandContext(global)
        let names =
            global.workspace.isEmpty && global.profile.isEmpty
            ? try await context.home.names() : [try await context.lookedAt().name]
        let start = try beginning()
        let (statistics, problems) = await context.home.statistics(
            of: names,
            since: start,
            by: by
        )
        var several = Several(context)
        for problem in problems { several.refuse(problem) }
        let hasRead = problems.count < names.count
        // Zeros would say that there was nothing.
        if hasRead || problems.isEmpty {
            try context.show(StatisticsDocument(statistics)) { print(statistics, context) }
        }
        try several.end(hasDone: hasRead)
    }

    private func beginning() throws(Failure) -> Date {
        guard let since else { return .distantPast }
        if let span = Duration(parsing: since) {
            return Date(timeIntervalSinceNow: -(span / .seconds(1)))
        }
        return try TimeParser.parse(since, option: "--since")
    }

    private func print(_ statistics: Statistics, _ context: CommandContext) {
        guard !statistics.groups.isEmpty else { return context.note("nothing has finished yet") }
        let rows = statistics.groups + (statistics.groups.count > 1 ? [statistics.total] : [])
        context.table(
            [
                by.rawValue.uppercased(), "DONE", "FAILED", "CANCELLED", "SUCCESS", "BYTES",
                "RETRIES",
                "WAIT p50/95/99", "FETCH p50/95/99",
            ],
            rows.map { group in
                [
                    group.name, "\(group.succeeded)", "\(group.failed)", "\(group.cancelled)",
                    group.successRate.map { "\(Int(saturating: ($0 * 1000).rounded()) / 10) %" }
                        ?? "",
                    "\(ByteCount(group.bytes))", "\(group.retries)", text(group.queueSeconds),
                    text(group.transferSeconds),
                ]
            }
        )
        if let fairness = statistics.fairness {
            context.say("fairness index  \((fairness * 1000).rounded() / 1000)")
        }
    }

    private func text(_ percentiles: Statistics.Percentiles?) -> String {
        guard let percentiles else { return "" }
        return [percentiles.p50, percentiles.p95, percentiles.p99].map(DurationText.elapsed)
            .joined(separator: " ")
    }
}
