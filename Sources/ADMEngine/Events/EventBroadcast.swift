import ADMModel
import Logging

/// Hands every event to everybody who listens.
///
/// A listener that does not keep up loses its oldest events beyond 10,000; the numbers of the
/// recorded ones show the gap.
actor EventBroadcast {
    private struct Listener {
        let job: JobID?
        let continuation: AsyncStream<JobEvent>.Continuation
    }

    private let logger: Logger
    private var listeners: [Int: Listener] = [:]
    private var lastNumber = 0

    /// Begins without listeners; recorded events are noted in the log.
    init(logger: Logger = .silent) { self.logger = logger }

    var hasListeners: Bool { !listeners.isEmpty }

    /// Listens to the events of one job, or to all; the workspace stays open until the sequence is given up.
    func listen(
        to job: JobID? = nil,
        keeping reference: WorkspaceReference
    ) -> AsyncStream<JobEvent> {
        lastNumber += 1
        let (stream, continuation) = AsyncStream.makeStream(
            of: JobEvent.self,
            bufferingPolicy: .bufferingNewest(10_000)
        )
        continuation.onTermination = { _ in withExtendedLifetime(reference) {} }
        listeners[lastNumber] = Listener(job: job, continuation: continuation)
        return stream
    }

    func publish(_ events: [JobEvent]) {
        for event in events {
            note(event)
            for (number, listener) in listeners
            where listener.job == nil || listener.job == event.job {
                if case .terminated = listener.continuation.yield(event) {
                    listeners[number] = nil
                }
            }
        }
    }

    private func note(_ event: JobEvent) {
        if case .progress = event.kind { return }
        logger.debug("\(event.kind.logged)", metadata: event.logged)
    }

    /// Ends the sequences of those who listen to one job.
    func finish(_ job: JobID) {
        for (number, listener) in listeners where listener.job == job {
            listener.continuation.finish()
            listeners[number] = nil
        }
    }

    /// Ends all sequences.
    func finish() {
        for listener in listeners.values { listener.continuation.finish() }
        listeners = [:]
    }
}
