import ADMScheduling
import Synchronization

/// The queue of one workspace, open to be run.
public final class QueueTurn: Sendable {
    /// The workspace.
    public let workspace: Workspace
    private let left: Int?
    private let remaining = Mutex<Int?>(nil)

    init(_ workspace: Workspace, left: Int?) {
        self.workspace = workspace
        self.left = left
    }

    /// Runs what is ready, until nothing is left or as many jobs were begun as may be.
    ///
    /// - Throws: `CancellationError` after cancellation; running jobs are put back into the queue after a
    ///   checkpoint. ``Failure`` if the database or the ledger cannot be used.
    public func drain() async throws {
        let rest = try await workspace.scheduler.drain(untilEmpty: true, maxJobs: left)
        remaining.withLock { $0 = rest }
    }

    /// How many jobs may still be begun.
    var rest: Int? { remaining.withLock(\.self) ?? left }
}
