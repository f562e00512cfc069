package import ADMModel
import ADMSystem

/// Which processes that own jobs live, and how they are told to look at their jobs again.
///
/// It is handed to the store: the verbs ask it and never find out by themselves, so that processes on
/// other machines can be known in another way.
package struct Liveness: Sendable {
    /// Whether the process that owns jobs under a name lives; if nobody can tell, it does.
    package var isAlive: @Sendable (_ owner: String) -> Bool
    /// Tells one process to look at its jobs.
    package var wake: @Sendable (_ owner: String) -> Void
    /// Tells all processes that run jobs to look at them.
    package var wakeAll: @Sendable () -> Void

    /// Creates it from what tells, and what wakes.
    package init(
        isAlive: @escaping @Sendable (String) -> Bool,
        wake: @escaping @Sendable (String) -> Void,
        wakeAll: @escaping @Sendable () -> Void
    ) {
        self.isAlive = isAlive
        self.wake = wake
        self.wakeAll = wakeAll
    }

    /// The processes of this machine that work in a home, by their ``LivenessLock``.
    ///
    /// The locks of dead processes are removed on the way, if `removing` says so.
    package static func locks(in home: HomeLayout, removing: Bool = true) -> Liveness {
        Liveness(
            isAlive: { LivenessLock.isAlive(id: $0, in: home, removing: removing) },
            wake: { LivenessLock.wake(id: $0, in: home) },
            wakeAll: { LivenessLock.wakeAll(in: home) }
        )
    }
}
