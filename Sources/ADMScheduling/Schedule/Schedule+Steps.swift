import ADMCatalog
import ADMModel

extension Schedule {
    /// What happened, as the schedule is told.
    enum Event: Sendable {
        /// Somebody in this process waits for jobs from now on.
        case enlisted([Int64])
        /// Nobody waits for a job any longer.
        case settled(Int64)
        /// The whole queue is to be run.
        case drainRequested(Drain)
        /// The queue is not run any longer.
        case drainEnded
        /// Something may have changed: the queue, the ledger, or what time it is.
        case passRequested
        /// Every byte of a job has arrived.
        case bytesArrived(Int64)
        /// A job's run is over.
        case ended(Int64, coolDown: Budget.CoolDown?, needsPass: Bool)
        /// What others want of jobs that run here.
        case intentsSeen([Int64: JobIntent])
        /// The suspect that runs alone here has gained bytes.
        case suspectCleared
        /// An origin answered the request of a job: this is how many connections the file could use.
        case answered(String, job: Int64, connections: Int)
        /// The process ends: no job begins any more.
        case stopRequested
        /// Every run is over, and nobody dispatches any more.
        case closed

        // The steps of a pass: each answers the action of the same name.

        /// It is time for a pass.
        case passBegan
        /// The queue was refreshed.
        case queueRefreshed
        /// These suspects may be run by this process, the most urgent first.
        case suspectsFound([Suspect])
        /// Whether jobs may be claimed, as it was asked.
        case entered(Bool)
        /// The ledger decided.
        case decided(SlotDecision)
        /// The ledger knows of every slot that was given back.
        case told
        /// These jobs could begin.
        case jobsFound(foreground: QueueHead, queue: QueueHead)
        /// These jobs belong to this process now.
        case claimed([Int64])
        /// Whether nothing is left in the queue that could be run.
        case drained(Bool)
        /// The step could not be taken.
        case failed(Failure)
    }

    /// Whether jobs are claimed beside others or one alone.
    enum Company: Sendable, Hashable {
        case together
        case alone
    }

    /// Which jobs are looked for in the queue.
    struct Search: Sendable, Hashable {
        /// The jobs that somebody here waits for; nil if those are not looked for.
        var foreground: Set<Int64>?
        /// Whether the jobs that nobody waits for are looked for.
        var includesQueue: Bool
        /// Hosts that have all the transfers that they may have.
        var busy: Set<String>
        /// Origins that nobody may ask now.
        var closed: Set<String>
    }

    /// Which jobs are to be claimed.
    struct ClaimRequest: Sendable, Hashable {
        /// Where they fetch from.
        var host: String
        /// How many at most.
        var count: Int
        /// Origins that nobody may ask now.
        var closed: Set<String>
        /// The jobs that somebody here waits for; they come first.
        var foreground: Set<Int64>
        /// How many at most of those that nobody waits for.
        var fromQueue: Int
    }

    /// What is to be done, in this order.
    enum Action: Sendable, Equatable {
        // Those that an event answers.

        /// Read from the queue what changed, and take over the jobs of dead processes if asked to.
        case refreshQueue(takesOver: Bool)
        /// Find the suspects that this process may run.
        case findSuspects
        /// Ask whether jobs may be claimed in this process.
        case enter(Company)
        /// Tell the ledger how many slots could be used, and take those that are due.
        case askLedger(QueueHead?)
        /// Find the jobs that could begin.
        case findJobs(Search)
        /// Claim jobs for slots.
        case claim(ClaimRequest)
        /// Claim a suspect.
        case claimAlone(Int64)
        /// Find out whether the queue is drained.
        case checkDrained
        /// Tell the ledger of slots that were given back.
        case tellLedger

        // Those that are only carried out.

        /// Remember which job has a slot, and with how many connections it begins.
        case assign(Lease, job: Int64, connections: Int)
        /// Say how many connections the job in a slot could use.
        case want(Int, Lease)
        /// Begin the run of a job that was claimed.
        case start(Int64, Lease)
        /// This many jobs were claimed after entering together.
        case entering(Int)
        /// One job is over in this process, or the claim of a suspect is.
        case leave
        /// Others may run beside the suspect.
        case liftSolitude
        /// Give a slot back, with what its origin asked for.
        case giveBack(Lease, coolDown: Budget.CoolDown?)
        /// Tell the ledger of slots that were given back, if it can be written.
        case hurryLedger
        /// Stop a run; nil if the reason is that the process ends.
        case stop(Int64, StopReason?)
        /// Tell the ledger with the next question that an origin answered.
        case noteAnswer(String)
        /// Tell people which origins want to be left alone.
        case noticeCoolDowns([String])
        /// Tell everybody whose job does not run that it cannot begin.
        case settleWaiting(Failure)
        /// The queue is run no longer, because of a failure if there is one.
        case endDrain(Failure?)
        /// Begin another pass soon.
        case wake
        /// Begin no further pass.
        case finish
    }
}
