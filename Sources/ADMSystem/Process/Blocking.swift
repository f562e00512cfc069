import Dispatch
import Synchronization

/// Runs work that blocks in the kernel where it holds up no other task.
package enum Blocking {
    /// Runs the body on a thread outside the pool that tasks share, and waits for it.
    ///
    /// The body always runs to its end: cancelling the task does not interrupt it.
    ///
    /// - Throws: What the body throws.
    package static func run<Result: Sendable, Thrown: Error>(
        _ body: @escaping @Sendable () throws(Thrown) -> Result
    ) async throws(Thrown) -> Result {
        let outcome: Swift.Result<Result, Thrown> = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                continuation.resume(returning: Swift.Result { () throws(Thrown) in try body() })
            }
        }
        return try outcome.get()
    }

    /// Runs work that may wait for locks of other processes, as ``run(_:)`` does.
    ///
    /// After cancellation of the task such a wait ends as soon as one in the task itself would.
    ///
    /// - Throws: What the body throws.
    package static func waiting<Result: Sendable, Thrown: Error>(
        _ body: @escaping @Sendable () throws(Thrown) -> Result
    ) async throws(Thrown) -> Result {
        let flag = CancellationFlag()
        let outcome: Swift.Result<Result, Thrown> = await withTaskCancellationHandler {
            await run {
                $cancellation.withValue(flag) {
                    Swift.Result { () throws(Thrown) in try body() }
                }
            }
        } onCancel: {
            flag.raise()
        }
        return try outcome.get()
    }

    /// Whether the task that waits for the work of this thread was cancelled, or the one that runs here.
    static var isCancelled: Bool { Task.isCancelled || cancellation?.isRaised ?? false }

    /// Raised when the task that waits for the work of this thread is cancelled.
    @TaskLocal private static var cancellation: CancellationFlag?
}

/// Tells work on another thread that the task which waits for it was cancelled.
package final class CancellationFlag: Sendable {
    private let raised = Atomic(false)
    /// Whether it was.
    package var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// Begins with a task that was not cancelled.
    package init() {}

    /// The task was cancelled.
    package func raise() { raised.store(true, ordering: .relaxed) }
}
