import ADMCatalog
public import ADMModel
import ADMScheduling

/// The queue of an open workspace: all of its jobs, whichever process runs them.
///
/// Nobody here waits for what is added to it; who runs the queue runs that. The workspace stays open while
/// somebody has this value.
public struct WorkspaceQueue: Sendable {
    let workspace: Workspace
    var catalog: Catalog { workspace.catalog }

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// Runs the queue of the workspace: everything that is ready, as the budget allows.
    ///
    /// - Parameters:
    ///   - untilEmpty: Whether it returns when no job is ready or waits for its next attempt;
    ///     otherwise it continues until the task is cancelled.
    ///   - maxJobs: It returns after this many jobs have run; nil for no limit.
    /// - Throws: `CancellationError` after cancellation; running jobs are put back into the queue
    ///   after a checkpoint. ``Failure`` if the database or the ledger cannot be used.
    public func drain(untilEmpty: Bool, maxJobs: Int? = nil) async throws {
        try await workspace.scheduler.drain(untilEmpty: untilEmpty, maxJobs: maxJobs)
    }

    /// Pauses, resumes, cancels or retries jobs, also those that other processes run; these obey
    /// within two seconds.
    ///
    /// A million jobs are changed in parts, between which others get their turn; a cancelled task
    /// stops between two parts.
    ///
    /// - Throws: ``Failure`` of the database, `jobNotFound` for a number that does not exist, before anything is
    ///   changed; `CancellationError`, after which the parts that were changed stay so.
    /// - Returns: How many jobs were changed, and how.
    public func act(
        _ action: QueueAction,
        on selection: JobSelection
    ) async throws -> QueueActionSummary {
        for number in selection.numbers ?? [] {
            _ = try await catalog.list.find(String(number))
        }
        // What dead processes left would not obey.
        let taken = try await DeadOwners.takeOver(catalog, owner: workspace.budgetHolder)
        await workspace.publish(taken.events)
        var summary = QueueActionSummary()
        var after: Int64? = 0
        while let number = after {
            try Task.checkCancellation()
            let step = try await catalog.control.apply(action, to: selection, after: number)
            for outcome in step.outcomes { summary.add(outcome) }
            await workspace.publish(step.events)
            catalog.wake(step.owners)
            after = step.next
        }
        // Who runs the queue may have something to do now.
        catalog.wakeOwners()
        return summary
    }

    /// Changes a job that does not run, or the speed limit of one that does, which counts within a second.
    ///
    /// - Throws: ``Failure`` with `locked` if it runs, `exists` if it has succeeded, has bytes in
    ///   another place, or another job fetches the same to there; `usage` or `configuration` for a
    ///   wrong value. Then nothing was changed.
    /// - Returns: The job as it is now.
    public func change(_ job: Job, _ change: JobChange) async throws -> Job {
        try JobRules.check(change, of: job)
        guard let changed = try await catalog.control.change(number: job.number, change) else {
            let now = try await catalog.list.job(number: job.number)?.state ?? job.state
            throw Failure(
                now == .succeeded ? .exists : .locked,
                "job \(job.number) \(now == .succeeded ? "has succeeded" : "is running")",
                hint: now == .succeeded ? nil : "adm queue pause \(job.number) stops it first"
            )
        }
        catalog.wakeOwners()
        return changed
    }

    /// Puts a job before or behind all others of the workspace that wait.
    ///
    /// - Throws: ``Failure`` with `locked` if it does not wait.
    public func move(_ job: Job, toFront: Bool) async throws {
        guard try await catalog.control.move(number: job.number, to: toFront ? .first : .last)
        else {
            throw Failure(.locked, "job \(job.number) is \(job.state.rawValue) and does not wait")
        }
        catalog.wakeOwners()
    }

    /// Puts several jobs before or behind all others that wait; among themselves they stand in the order in which
    /// they are named.
    ///
    /// - Parameters:
    ///   - names: The jobs, by number or identifier.
    ///   - toFront: Whether they go before all others.
    ///   - refused: Told at once why a job was not moved.
    /// - Throws: `CancellationError`, after which those that were moved stay so.
    /// - Returns: The jobs that were moved, as they were, in the order of their names.
    public func move(
        named names: [String],
        toFront: Bool,
        refused: (Failure) -> Void
    ) async throws -> [Job] {
        var moved: [Job] = []
        // At the front each goes before the one that was put there before it.
        for name in toFront ? names.reversed() : names {
            do {
                let job = try await workspace.job(name)
                try await move(job, toFront: toFront)
                moved.append(job)
            } catch let failure as Failure { refused(failure) }
        }
        return toFront ? moved.reversed() : moved
    }
}
