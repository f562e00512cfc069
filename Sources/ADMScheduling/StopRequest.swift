import ADMCatalog
import Synchronization

/// Why a run of a job is stopped.
package enum StopReason: Sendable, Hashable {
    /// Its process ends, and a person was watching: hold it.
    case interruption
    /// Its process ends: another one continues it.
    case shutdown
    /// Somebody wants it to be held.
    case pause
    /// Somebody wants it to end for good.
    case cancel
    /// Another workspace is owed the slot.
    case yield
}

extension StopReason {
    /// What somebody wants of a job whose run ends anyway; nil if that adds nothing.
    init?(_ intent: JobIntent) {
        switch intent {
        case .pause: self = .pause
        case .cancel: self = .cancel
        case .yield: return nil
        }
    }

    /// Whether the job would go back to the queue, unless somebody wants something else.
    var leavesJobToOthers: Bool { self == .yield || self == .shutdown }
}

/// A request to stop one run; the first reason counts, except that cancelling beats the others.
final class StopRequest: Sendable {
    private struct State {
        var reason: StopReason?
        /// Whether it was sent, or the run has ended by itself.
        var isOver = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let atEnd: StopReason

    /// Creates a request that is not sent yet; `atEnd` is the reason if the process ends.
    init(atEnd: StopReason) { self.atEnd = atEnd }

    /// Why the run is stopped; the end of the process if nobody said why.
    var reason: StopReason { state.withLock(\.reason) ?? atEnd }

    /// Stops the run because the process ends.
    func sendAtEnd() { send(atEnd) }

    /// Stops the run.
    func send(_ reason: StopReason) {
        state.withLock { state in
            if state.reason == nil || reason == .cancel { state.reason = reason }
        }
        finish()
    }

    /// The run has ended, and nobody needs to wait for the request any more.
    func runEnded() { finish() }

    /// Waits until it is sent or the run has ended; for one task alone.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    private func finish() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
