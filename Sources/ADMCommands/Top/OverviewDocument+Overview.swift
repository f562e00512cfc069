import ADMDocuments
import ADMEngine

extension OverviewWatch {
    /// What there is to see now, with speeds, which need two looks.
    func measured() async throws -> Overview {
        _ = try await sample()
        try await Task.sleep(for: .milliseconds(1100))
        return try await sample()
    }
}

extension OverviewDocument {
    /// Shows all workspaces.
    init(_ overview: Overview) {
        self.init(
            budget: overview.budget,
            workspaces: overview.workspaces.map {
                OverviewWorkspaceDocument(
                    name: $0.name,
                    counts: $0.counts,
                    slots: $0.slots,
                    connections: $0.connections,
                    entitled: $0.entitled,
                    share: $0.share,
                    bytesPerSecond: $0.bytesPerSecond,
                    failure: $0.problem
                )
            },
            jobs: overview.jobs.map(OverviewJobDocument.init),
            failures: overview.failures.map(OverviewJobDocument.init),
            bytesPerSecond: overview.bytesPerSecond
        )
    }
}

extension OverviewJobDocument {
    fileprivate init(_ entry: Overview.Entry) {
        self.init(entry.job, workspace: entry.workspace, bytesPerSecond: entry.bytesPerSecond)
    }
}
