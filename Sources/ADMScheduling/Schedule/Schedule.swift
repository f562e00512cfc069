import ADMCatalog
import ADMModel

/// Which job of one workspace begins next in this process, and what becomes of the slots.
///
/// A pure value: it takes events and answers with actions, which ``Scheduler`` carries out. It keeps no
/// queue: the database says what is next, the ledger whether it may begin. A *pass* looks for
/// something to begin, in steps; each step is an action whose answer comes as an event. Between two steps
/// other events may come, such as the end of a job.
struct Schedule: Sendable {
    /// How long a slot goes from job to job before the ledger is asked again, in milliseconds; at most so
    /// much later a workspace with many small files notices that others wait.
    static let keepsSlots: Int64 = 250
    /// How many files may be on their way to their final names beside those that are being fetched.
    static let finishingLimit = 128

    /// What the next pass has to do at least.
    enum Need: Int, Sendable, Comparable {
        /// Use the slots that are free, or give them back.
        case slots
        /// Ask the ledger.
        case ledger
        /// Refresh the queue, and ask the ledger.
        case queue

        static func < (left: Need, right: Need) -> Bool { left.rawValue < right.rawValue }
    }

    /// How many jobs of the workspace transfer at once in this process.
    var limit: Int
    /// How many connections a file of which nothing is known may turn out to need.
    let connections: Int
    /// The hosts whose last file needed one connection.
    private var smallHosts: Set<String> = []
    /// The jobs that somebody here waits for.
    private(set) var foreground: Set<Int64> = []
    /// The request to run the whole queue.
    var drain: Drain?
    /// The slots of this process.
    var slots = Slots()
    /// The jobs that run, those among them that need no slot any longer.
    var jobs: Set<Int64> = []
    /// The suspect that runs alone here now.
    private(set) var suspect: Int64?
    /// What the ledger said last.
    var decision = SlotDecision()
    /// When it said so.
    var askedAt: Int64
    /// What the next pass does.
    var need = Need.queue
    /// Whether the ledger has not been told yet that an origin answered.
    var hasAnswers = false
    /// The pass that is under way.
    var pass: Pass?
    /// Whether the process ends.
    private(set) var isStopping = false

    /// Creates a schedule without jobs; `now` is in milliseconds, as everywhere here.
    init(limit: Int, connections: Int = 1, at now: Int64) {
        self.limit = limit
        self.connections = connections
        askedAt = now
    }

    /// Whether anybody wants anything to be run.
    var isBusy: Bool { drain != nil || !foreground.isEmpty || !jobs.isEmpty }

    /// How many of the jobs that somebody here waits for do not run.
    var waitingCount: Int { foreground.subtracting(jobs).count }

    /// The jobs that run and have their slots no longer, because every byte has arrived.
    var finishing: Set<Int64> { jobs.filter { slots.lease(of: $0) == nil } }

    /// Takes an event, and says what is to be done.
    mutating func handle(_ event: Event, at now: Int64) -> [Action] {
        switch event {
        case .enlisted(let jobs): return enlist(jobs)
        case .settled(let job): foreground.remove(job)
        case .drainRequested(let drain):
            self.drain = drain
            return request(.queue)
        case .drainEnded: drain = nil
        case .passRequested: return request(.queue)
        case .bytesArrived(let job): return bytesArrived(job)
        case .ended(let job, let coolDown, let needsPass):
            return ended(job, coolDown) + request(needsPass ? .queue : .slots)
        case .intentsSeen(let intents): return obey(intents)
        case .suspectCleared:
            guard suspect != nil else { return [] }
            suspect = nil
            return [.liftSolitude]
        case .answered(let origin, let job, let connections):
            return answered(origin) + wants(connections, job)
        case .stopRequested:
            isStopping = true
            return jobs.sorted().map { .stop($0, nil) } + [.finish]
        case .closed: return giveBackFreed()
        default: return step(event, at: now)
        }
        return []
    }

    // MARK: - Between passes

    /// Asks for another pass.
    private mutating func request(_ need: Need) -> [Action] {
        self.need = max(self.need, need)
        return [.wake]
    }

    private mutating func enlist(_ jobs: [Int64]) -> [Action] {
        foreground.formUnion(jobs)
        let mayBegin = !decision.isWaiting && slots.transferring < limit
        return request(mayBegin ? .ledger : .slots)
    }

    private mutating func bytesArrived(_ job: Int64) -> [Action] {
        guard !isStopping, jobs.count - slots.transferring < Schedule.finishingLimit,
            slots.free(job, coolDown: nil)
        else { return [] }
        return request(.slots)
    }

    private mutating func ended(_ job: Int64, _ coolDown: Budget.CoolDown?) -> [Action] {
        guard jobs.remove(job) != nil else { return [] }
        if suspect == job { suspect = nil }
        let lease = slots.lease(of: job)
        guard slots.free(job, coolDown: coolDown), isStopping, let lease else { return [.leave] }
        // Nobody dispatches any more who could give it back.
        slots.giveBack(lease)
        return [.leave, .giveBack(lease, coolDown: coolDown), .hurryLedger]
    }

    private func obey(_ intents: [Int64: JobIntent]) -> [Action] {
        intents.sorted { $0.key < $1.key }.filter { jobs.contains($0.key) }.map { job, intent in
            switch intent {
            case .cancel: .stop(job, .cancel)
            case .pause: .stop(job, .pause)
            case .yield: .stop(job, .yield)
            }
        }
    }

    private mutating func answered(_ origin: String) -> [Action] {
        guard decision.coolDowns.removeValue(forKey: origin) != nil else { return [] }
        hasAnswers = true
        return [.noteAnswer(origin)] + request(.queue)
    }

    // MARK: - Connections

    /// With how many connections the next job of a host begins if there are enough: as many as a large file
    /// needs, unless the last file from there was small.
    func connections(for host: String) -> Int { smallHosts.contains(host) ? 1 : connections }

    /// A job has learned how large its file is.
    private mutating func wants(_ count: Int, _ job: Int64) -> [Action] {
        guard let lease = slots.lease(of: job) else { return [] }
        if count > 1 { smallHosts.remove(lease.host) } else { smallHosts.insert(lease.host) }
        guard let change = slots.want(count, job) else { return [] }
        // Others may have what it does not need, and if it needs more somebody has to give that.
        return [.want(count, change)] + request(.ledger)
    }

    // MARK: - Slots

    /// Gives back the slots whose transfers ended.
    mutating func giveBackFreed() -> [Action] {
        slots.freed.map { giveBack($0.lease, coolDown: $0.coolDown) }
    }

    /// Gives a slot back.
    mutating func giveBack(_ lease: Lease, coolDown: Budget.CoolDown? = nil) -> Action {
        slots.giveBack(lease)
        return .giveBack(lease, coolDown: coolDown)
    }

    /// A job that was claimed has a slot from now on.
    mutating func assign(_ lease: Lease, to job: Int64, alone: Bool = false) -> Action {
        let connections = min(connections(for: lease.host), lease.connections)
        slots.run(job, in: lease, wanted: connections)
        jobs.insert(job)
        if alone { suspect = job }
        if !foreground.contains(job), let left = drain?.left { drain?.left = left - 1 }
        return .assign(lease, job: job, connections: connections)
    }

    /// Takes what the ledger decided.
    mutating func take(_ decision: SlotDecision) {
        self.decision = decision
        hasAnswers = false
        slots.told()
        slots.see(decision.connections)
        for lease in decision.granted { slots.offer(lease) }
    }
}
