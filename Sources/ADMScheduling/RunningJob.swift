import ADMCatalog
import ADMModel
import ADMTransfer
import Synchronization

/// A job that somebody in this process waits for.
struct Attended: Sendable {
    let job: Job
    /// Header fields for this run, secrets among them.
    let fields: [HeaderField]
}

/// A job that runs here, with its slot.
struct RunningJob: Sendable {
    let job: Job
    let lease: Lease
    let monitor: TransferMonitor
    let stop: StopCord
    let settings: Result<TransferSettings, Failure>
    /// Whether somebody here waits for it.
    let isAttended: Bool
    var limits: JobLimits
    /// The job's own speed limit as it is written.
    var ownRate: Rate?
    /// Whether every byte has arrived, so that the slot went to another job.
    var isFinishing = false
}

/// A slot whose transfer has ended.
struct FreedSlot: Sendable {
    let lease: Lease
    /// The origin that wants to be left alone.
    let coolDown: Budget.CoolDown?
}

/// What the scheduler knows of the ledger, which is not asked for every small file.
struct LedgerView: Sendable {
    /// The slots whose transfers have ended.
    var freed: [FreedSlot] = []
    /// When the ledger was asked last.
    var checkedAt = ContinuousClock.now
    /// Whether there is something to ask or to tell.
    var isDue = true
    /// Whether slots were handed back that the ledger does not know of.
    var owes = false
}

/// The wish to stop one run; the first reason counts, but cancelling beats the others.
final class StopCord: Sendable {
    private let state = Mutex<StopReason?>(nil)
    /// One element when somebody pulls.
    let pulls: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    private let atEnd: StopReason

    /// Makes a cord; `atEnd` is the reason where the process ends.
    init(atEnd: StopReason) {
        self.atEnd = atEnd
        (pulls, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    /// Why the run is stopped; the end of the process where nobody said why.
    var reason: StopReason { state.withLock { $0 } ?? atEnd }

    /// Stops the run because the process ends.
    func pullAtEnd() { pull(atEnd) }

    /// Stops the run.
    func pull(_ reason: StopReason) {
        state.withLock { present in
            if present == nil || reason == .cancel { present = reason }
        }
        continuation.yield()
        continuation.finish()
    }
}

/// The wish to run the workspace's whole queue.
struct Drain: Sendable {
    /// Whether it ends when nothing is left to do.
    let untilEmpty: Bool
    /// How many jobs may still begin; nil for any number.
    var left: Int?
    let done: AsyncStream<Failure?>.Continuation
}

/// When the queue was looked over.
struct Housekeeping: Sendable {
    /// Whether something outside may have changed.
    var isDue = true
    /// When the jobs of dead processes were last looked for.
    var recoveredAt: ContinuousClock.Instant?
    /// When the next job's time comes, by the clock of the machine.
    var nextDue: ContinuousClock.Instant?
    /// Sees that the clock is put back.
    var clock = ClockWatch()
    /// Whether the end of the process came from outside.
    var wasInterrupted = false
}

/// Who waits for the ends of jobs, and how the last ones ended.
struct EndBoard: Sendable {
    private var outcomes: [JobID: JobOutcome] = [:]
    private var remembered: [JobID] = []
    private var listeners: [AsyncStream<JobOutcome>.Continuation] = []
    private var waiters: [JobID: [AsyncStream<JobOutcome>.Continuation]] = [:]

    func outcome(of job: JobID) -> JobOutcome? { outcomes[job] }

    mutating func forget(_ job: JobID) {
        if outcomes.removeValue(forKey: job) != nil { remembered.removeAll { $0 == job } }
    }

    mutating func listen() -> AsyncStream<JobOutcome> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobOutcome.self)
        listeners.append(continuation)
        return stream
    }

    mutating func wait(for job: JobID) -> AsyncStream<JobOutcome> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobOutcome.self)
        waiters[job, default: []].append(continuation)
        return stream
    }

    /// Tells an outcome to everybody; the last hundred are kept, for those who ask a moment later.
    ///
    /// Others find theirs in the database, and a long list of jobs needs no more memory.
    mutating func add(_ outcome: JobOutcome) {
        let job = outcome.job.id
        if outcomes.updateValue(outcome, forKey: job) == nil { remembered.append(job) }
        if remembered.count > 100 { outcomes[remembered.removeFirst()] = nil }
        for waiter in waiters.removeValue(forKey: job) ?? [] {
            waiter.yield(outcome)
            waiter.finish()
        }
        listeners.removeAll { listener in
            if case .terminated = listener.yield(outcome) { return true }
            return false
        }
    }
}
