import ADMCatalog
public import ADMModel
import ADMScheduling

/// What became of an action on many jobs.
public struct QueueActionSummary: Sendable, Hashable {
    /// How many jobs are in another state now.
    public var changed = 0
    /// How many are run by processes that were told.
    public var requested = 0
    /// How many had no use for the action.
    public var unchanged = 0
    /// The first of them, at most a thousand, one by one.
    public var outcomes: [QueueActionOutcome] = []

    mutating func add(_ outcome: QueueActionOutcome) {
        switch outcome.result {
        case .changed: changed += 1
        case .requested: requested += 1
        case .unchanged: unchanged += 1
        }
        if outcomes.count < 1000 { outcomes.append(outcome) }
    }
}

extension Workspace {
    /// Pauses, resumes, cancels or retries jobs, also those that other processes run; these obey
    /// within two seconds.
    ///
    /// A million jobs are changed in parts, between which others get their turn; a cancelled task
    /// stops between two parts.
    ///
    /// - Throws: ``Failure`` of the database, `jobNotFound` for a number that does not exist.
    public func act(
        _ action: QueueAction,
        on selection: JobSelection
    ) async throws -> QueueActionSummary {
        for number in selection.numbers ?? [] {
            _ = try await catalog.list.find(String(number))
        }
        // What dead processes left would not obey.
        let taken = try await DeadOwners.takeOver(catalog, owner: budgetHolder)
        await publish(taken.events)
        var summary = QueueActionSummary()
        var after: Int64? = 0
        while let number = after {
            try Task.checkCancellation()
            let step = try await catalog.control.apply(action, to: selection, after: number)
            for outcome in step.outcomes { summary.add(outcome) }
            await publish(step.events)
            catalog.wake(step.owners)
            after = step.next
        }
        // Who runs the queue may have something to do now.
        catalog.wakeOwners()
        return summary
    }
}
