import ADMCatalog
import ADMModel
import ADMSystem

/// The request to run all that is in the queue, and its end.
extension Scheduler {
    /// Runs every job of the queue that is ready, until nothing is left where `untilEmpty` says so,
    /// or `maxJobs` jobs were begun; otherwise until the task is cancelled.
    ///
    /// Of a workspace that is paused nothing is left that could be run.
    ///
    /// - Throws: `CancellationError`; ``Failure`` where the database or the ledger cannot be used.
    package func drain(untilEmpty: Bool, maxJobs: Int?) async throws {
        let (stream, done) = AsyncStream.makeStream(of: Failure?.self)
        drain = Drain(untilEmpty: untilEmpty, left: maxJobs, done: done)
        let workspace = configuration.member().id
        configuration.budget.holder.serve(workspace, true)
        defer { configuration.budget.holder.serve(workspace, false) }
        housekeeping.isDue = true
        signals.yield()
        for await failure in stream {
            drain = nil
            if let failure { throw failure }
            return
        }
        drain = nil
        throw CancellationError()
    }

    func finishDrain() async {
        guard let drain else { return }
        let hasDone = drain.left.map { $0 <= 0 } ?? false
        guard hasDone || drain.untilEmpty, running.isEmpty else { return }
        if !hasDone {
            // What a process that died a moment ago left is work too.
            housekeeping.recoveredAt = nil
            try? await recover()
            guard let isDrained = try? await configuration.catalog.queue.isDrained(),
                isDrained || configuration.member().share.isPaused, running.isEmpty
            else { return }
        }
        drain.done.yield(nil)
        drain.done.finish()
    }

    /// The database or the ledger cannot be used: nothing begins until it can.
    func report(_ failure: Failure) async {
        for item in foreground.values where running[item.job.number] == nil {
            settle(.paused(item.job, failure))
        }
        guard running.isEmpty else { return }
        drain?.done.yield(failure)
        drain?.done.finish()
    }
}
