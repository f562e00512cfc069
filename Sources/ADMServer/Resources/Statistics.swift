import ADMDocuments
import ADMEngine
import ADMModel
import Foundation

/// What finished jobs amount to.
enum Statistics {
    static let operations = [
        Operation(
            .get,
            API.workspace + "/statistics",
            "showStatistics",
            "Count finished jobs of a workspace, their bytes, retries and times.",
            needs: .read,
            parameters: [.since, .grouping],
            answers: [Operation.Answer(200, "The counts.", StatisticsDocument.shape)]
        ) { call in
            let selection = try await call.selection()
            return try await statistics(of: [selection.name], call)
        },
        Operation(
            .get,
            "/v1/statistics",
            "showAllStatistics",
            "Count finished jobs of all workspaces that the caller may see.",
            needs: .read,
            parameters: [.since, .grouping],
            answers: [Operation.Answer(200, "The counts.", StatisticsDocument.shape)]
        ) { call in
            let all = try await call.services.running.home.list()
            let seen = all.filter { $0.identity.map(call.scope.caller.maySee) ?? false }
            return try await statistics(of: try seen.map { try WorkspaceName($0.name) }, call)
        },
    ]

    private static func statistics(of names: [WorkspaceName], _ call: Call) async throws -> Reply {
        let since = try call.query("since").map { try TimeParser.parse($0, option: "since") }
        let grouping = try call.words("by", as: StatisticsGrouping.self).first ?? .workspace
        let (statistics, problems) = await call.services.running.home.statistics(
            of: names,
            since: since ?? .distantPast,
            by: grouping
        )
        // One workspace that cannot be read hides no other.
        if let problem = problems.first, problems.count == names.count { throw problem }
        return Reply(StatisticsDocument(statistics))
    }
}

extension Operation.Parameter {
    fileprivate static let since = Operation.Parameter(
        "since",
        "Only jobs that finished since this time.",
        .text()
    )
    fileprivate static let grouping = Operation.Parameter(
        "by",
        "What they are grouped by; `workspace` unless it is said.",
        .words(StatisticsGrouping.allCases.map(\.rawValue))
    )
}
