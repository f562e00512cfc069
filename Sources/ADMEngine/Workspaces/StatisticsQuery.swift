import ADMCatalog
import ADMModel
import ADMSystem
import Foundation

/// What the finished jobs of some workspaces amount to.
struct StatisticsQuery: Sendable {
    let files: HomeFiles

    /// Asks the workspaces one after the other for the jobs that finished from a time on.
    ///
    /// A workspace that cannot be read is left out; `problems` says why.
    func statistics(
        of names: [WorkspaceName],
        since: Date,
        by grouping: StatisticsGrouping
    ) async -> (statistics: Statistics, problems: [Failure]) {
        let builder = StatisticsBuilder()
        var weights: [String: Int] = [:]
        var problems: [Failure] = []
        for name in names {
            do throws(Failure) {
                let (weight, identity) = try await Blocking.run { () throws(Failure) in
                    (
                        try SettingsReader(files: files).settings(of: name).share.weight,
                        try? files.identity(of: name)
                    )
                }
                weights[name.description] = weight
                let key = { @Sendable (host: String, time: Date) -> String in
                    switch grouping {
                    case .workspace: name.description
                    case .host: host
                    case .day: LocalTime(time).day.description
                    }
                }
                _ = try await WorkspaceDatabases(files: files).looking(
                    at: files.layout.workspace(name),
                    identity: identity
                ) { (catalog) async throws(Failure) in
                    try await catalog.list.finished(since: since) {
                        builder.add($0, to: key($0.host, $0.finishedAt))
                    } retry: {
                        builder.addRetry(to: key($0, $1))
                    }
                }
            } catch { problems.append(error) }
        }
        return (builder.result(weights: grouping == .workspace ? weights : nil), problems)
    }
}
