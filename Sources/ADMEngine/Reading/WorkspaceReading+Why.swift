import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSystem
import Foundation

extension WorkspaceReading {
    /// Why a job is not running: one sentence and the facts behind it.
    ///
    /// - Throws: ``Failure`` with `jobNotFound`, or if database or ledger cannot be read.
    public func why(_ job: Job) async throws -> WaitReport {
        let catalog = records.catalog
        guard let job = try await catalog.list.job(number: job.number) else {
            throw Failure(.jobNotFound, "there is no job \(job.number) any more")
        }
        let selection = configuration.selection
        let home = configuration.home
        let processes = try await catalog.list.processes(of: job.number)
        var dependency: Job?
        if let after = job.after { dependency = try await catalog.list.job(number: after) }
        let report = try await home.budgetReport()
        let (foregroundOwner, runners, share) = try await home.blocking { (files) throws(Failure) in
            let layout = files.layout
            let owner = processes.foregroundOwner.flatMap {
                LivenessLock.isAlive(id: $0, in: layout, removing: false) ? $0 : nil
            }
            let runners =
                owner.map { [LivenessLock.process(of: $0, in: layout)].compactMap(\.self) }
                ?? LivenessLock.servers(of: selection.identifier, in: layout)
            let share = try SettingsReader(files: files).settings(of: selection.name).share
            return (owner, runners, share)
        }
        return Explanation(
            job: job,
            workspace: selection.name.description,
            report: report,
            position: try await catalog.list.position(of: job),
            isForeground: foregroundOwner != nil,
            runners: runners,
            dependency: dependency,
            share: share,
            now: Date()
        ).answer
    }
}
