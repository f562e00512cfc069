import ADMCatalog
import ADMModel
import ADMTransfer

/// A job that runs here, with its slot.
struct RunningJob: Sendable {
    let job: Job
    let lease: Lease
    let monitor: TransferMonitor
    let stop: StopRequest
    let settings: Result<TransferSettings, Failure>
    /// Whether somebody here waits for it.
    let isForeground: Bool
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
