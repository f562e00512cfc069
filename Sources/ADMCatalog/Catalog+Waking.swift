import ADMModel
import ADMSystem

extension Catalog {
    /// Tells the processes that run jobs of this home to look at what others want of theirs.
    package nonisolated func wakeOwners() { LivenessLock.wakeAll(in: home) }

    /// Tells some processes to look at what others want of their jobs.
    package nonisolated func wake(_ owners: Set<String>) {
        for owner in owners { LivenessLock.wake(id: owner, in: home) }
    }
}
