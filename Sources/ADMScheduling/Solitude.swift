import Synchronization

/// Sees that a suspect runs alone in its process, whatever workspace the others belong to.
///
/// All schedulers of a process share one.
package final class Solitude: Sendable {
    private struct State {
        /// How many jobs run or are about to be claimed.
        var busy = 0
        /// Whether one of them is a suspect that nothing may run beside.
        var isTaken = false
    }

    private let state = Mutex(State())

    /// Creates one for a process without jobs.
    package init() {}

    /// Whether jobs may be claimed now; each call that answers yes is followed by one of
    /// ``begun(_:)``, and until then nothing runs alone.
    package func mayClaim() -> Bool {
        state.withLock { state in
            guard !state.isTaken else { return false }
            state.busy += 1
            return true
        }
    }

    /// This many jobs were claimed after ``mayClaim()``; each ends with ``ended()``.
    package func begun(_ count: Int) { state.withLock { $0.busy += count - 1 } }

    /// Whether a suspect may be claimed: nothing else runs, and nothing will until ``ended()`` or
    /// ``lift()``.
    package func takeAlone() -> Bool {
        state.withLock { state in
            guard state.busy == 0, !state.isTaken else { return false }
            state.busy = 1
            state.isTaken = true
            return true
        }
    }

    /// The suspect may have company.
    package func lift() { state.withLock { $0.isTaken = false } }

    /// A job has ended, or could not be claimed after ``takeAlone()``.
    ///
    /// If it was alone, others may run now.
    package func ended() {
        state.withLock { state in
            state.busy = max(0, state.busy - 1)
            if state.busy == 0 { state.isTaken = false }
        }
    }
}
