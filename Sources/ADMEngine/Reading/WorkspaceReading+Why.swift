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
        let home = configuration.workspaces.home
        let processes = try await catalog.list.processes(of: job.number)
        let foregroundOwner = processes.foregroundOwner.flatMap {
            LivenessLock.isAlive(id: $0, in: home, removing: false) ? $0 : nil
        }
        var dependency: Job?
        if let after = job.after { dependency = try await catalog.list.job(number: after) }
        return Explanation(
            job: job,
            workspace: selection.name.description,
            report: try await configuration.workspaces.budget(),
            position: try await catalog.list.position(of: job),
            isForeground: foregroundOwner != nil,
            runners: foregroundOwner.map {
                [LivenessLock.process(of: $0, in: home)].compactMap(\.self)
            }
                ?? LivenessLock.servers(of: selection.identifier, in: home),
            dependency: dependency,
            share: try configuration.workspaces.settings(for: selection).share,
            now: Date()
        ).answer
    }
}
