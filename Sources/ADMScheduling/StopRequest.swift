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
    private let state = Mutex<StopReason?>(nil)
    /// One element when it is sent, and the end when it was sent or nothing can be stopped any more.
    let requests: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let atEnd: StopReason

    /// Creates a request that is not sent yet; `atEnd` is the reason if the process ends.
    init(atEnd: StopReason) {
        self.atEnd = atEnd
        (requests, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    /// Why the run is stopped; the end of the process if nobody said why.
    var reason: StopReason { state.withLock { $0 } ?? atEnd }

    /// Stops the run because the process ends.
    func sendAtEnd() { send(atEnd) }

    /// The run has ended: nothing can be stopped any more.
    func close() { continuation.finish() }

    /// Stops the run.
    func send(_ reason: StopReason) {
        state.withLock { present in
            if present == nil || reason == .cancel { present = reason }
        }
        continuation.yield()
        continuation.finish()
    }
}
