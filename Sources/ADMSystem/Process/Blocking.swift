import Dispatch

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
}
