import ADMCatalog
public import ADMModel
public import Foundation

/// How statistics are grouped.
public enum StatisticsGrouping: String, Sendable, Hashable, CaseIterable {
    /// A group for each workspace.
    case workspace
    /// A group for each host.
    case host
    /// A group for each day, in this machine's time zone.
    case day
}

extension Workspaces {
    /// What the jobs of some workspaces that finished from a time on amount to.
    ///
    /// A workspace that cannot be read is left out; `problems` says why.
    public func statistics(
        of names: [WorkspaceName],
        since: Date,
        by grouping: StatisticsGrouping
    ) async -> (statistics: Statistics, problems: [Failure]) {
        let builder = StatisticsBuilder()
        var weights: [String: Int] = [:]
        var problems: [Failure] = []
        for name in names {
            do throws(Failure) {
                weights[name.description] = try settings(of: name, flags: [:]).share.weight
                let key = { @Sendable (host: String, time: Date) -> String in
                    switch grouping {
                    case .workspace: name.description
                    case .host: host
                    case .day: Workspaces.day(time)
                    }
                }
                _ = try await lookingAtDatabase(
                    home.workspace(name),
                    identity: try? identity(of: name)
                ) {
                    (catalog) async throws(Failure) in
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

    private static func day(_ time: Date) -> String {
        LocalTime(time).day.description
    }
}
