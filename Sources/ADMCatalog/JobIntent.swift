/// What somebody wants of a job that a process executes; its owner looks for it every second.
package enum JobIntent: String, Sendable, Hashable, CaseIterable {
    /// Checkpoint and hold it.
    case pause
    /// Stop it for good.
    case cancel
    /// Checkpoint and put it back into the queue, because another workspace is owed the slot.
    case yield
}
