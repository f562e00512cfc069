import ADMEngine
import ADMModel
import ADMTestSupport

/// Waiting for what `adm` does: the test looks at the same files as `adm list` and `adm budget` do, and
/// starts no process for that.
extension DownloadRig {
    /// Looks whenever something changes in `ADM_HOME`, until it sees what it waits for.
    @discardableResult
    func eventually<Value>(_ look: () async throws -> Value?) async throws -> Value {
        try await ADMTestSupport.eventually(below: adm.admHome, look)
    }

    /// Waits until the jobs of a workspace, by number, satisfy a condition.
    func waitForStates(
        in workspace: String = "default",
        _ condition: ([Int: String]) -> Bool
    ) async throws {
        try await eventually {
            let jobs = try await looking(at: workspace) { reader in
                try await reader.jobs(limit: 100_000)
            }
            let states = jobs.map { (Int($0.number), $0.state.rawValue) }
            return condition(Dictionary(uniqueKeysWithValues: states)) ? true : nil
        }
    }

    /// Waits until bytes of a job are recorded as safe.
    func waitUntilKept(_ number: Int = 1) async throws {
        try await eventually {
            // It may not even be there yet.
            let job = try? await looking(at: "default") { try await $0.job("\(number)") }
            return (job?.bytesDone ?? 0) > 0 ? true : nil
        }
    }

    /// Waits until the budget satisfies a condition.
    @discardableResult
    func waitForBudget(_ condition: (BudgetReport) -> Bool) async throws -> BudgetReport {
        try await eventually {
            let report = try await Home(environment: adm.variables).budgetReport()
            return condition(report) ? report : nil
        }
    }

    /// Waits until what `adm why` says of a job satisfies a condition.
    func waitForReason(
        _ job: Int,
        in workspace: String = "default",
        _ condition: (WaitReport) -> Bool
    ) async throws {
        try await eventually {
            let report = try await looking(at: workspace) { reader in
                try await reader.why(try await reader.job("\(job)"))
            }
            return condition(report) ? true : nil
        }
    }

    private func looking<Result: Sendable>(
        at workspace: String,
        _ body: @Sendable (WorkspaceReader) async throws -> Result
    ) async throws -> Result {
        let configuration = try await Home(environment: adm.variables).configuration(
            named: [(workspace, "--workspace")],
            isLooking: true
        )
        return try await WorkspaceReader.run(configuration, isBrief: true, body: body)
    }
}
