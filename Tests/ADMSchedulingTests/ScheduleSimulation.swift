import ADMModel

@testable import ADMCatalog
@testable import ADMScheduling

/// A schedule with a queue, a ledger that answers as it likes, and jobs that end when they like.
///
/// Everything happens in an order that the seed chooses; nothing waits for a clock, a disk or a process.
/// What must never happen is written down in ``faults``.
struct ScheduleSimulation {
    struct Work {
        enum State { case ready, claimed, running, ended }

        let host: String
        var state = State.ready
        var isForeground = false
        var isSuspect = false
        var hasRun = false
        /// Whether every byte has arrived.
        var isWhole = false
        var isAskedToStop = false

        var origin: String { "https://\(host)" }
    }

    private(set) var schedule: Schedule
    var works: [Int64: Work] = [:]
    /// What must not happen and did.
    private(set) var faults: [String] = []
    private(set) var hasDrained = false
    private(set) var startsFromQueue = 0
    /// Whether the queue, the ledger and the jobs go wrong now and then.
    var isRough = true

    private let slots: Int
    private let hosts: [String]
    private let solitude = Solitude()
    private var generator: SplitMix64
    private var now: Int64 = 1_000_000
    private var actions: [Schedule.Action] = []
    private var isAwake = false
    private var isFinished = false
    private var lastSerial: Int64 = 0
    /// The slots that the ledger gave and does not know to be given back.
    private var leases: [Int64: Lease] = [:]
    /// The slots that were given back since the ledger was told last.
    private var returned: Set<Int64> = []
    /// The job that transfers in each slot.
    private var occupants: [Int64: Int64] = [:]

    init(seed: UInt64, limit: Int, slots: Int) {
        schedule = Schedule(limit: limit, connections: 8, at: 1_000_000)
        generator = SplitMix64(state: seed)
        self.slots = slots
        hosts = (0..<Int.random(in: 1...4, using: &generator)).map { "h\($0).org" }
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    // MARK: - What people do

    mutating func add(foreground: Bool, suspect: Bool = false) {
        let number = Int64(works.count + 1)
        let host = hosts.randomElement(using: &generator) ?? "h0.org"
        works[number] = Work(host: host, isForeground: foreground, isSuspect: suspect)
        if foreground { tell(.enlisted([number])) }
    }

    mutating func drain(untilEmpty: Bool, maxJobs: Int?) {
        hasDrained = false
        tell(.drainRequested(Drain(untilEmpty: untilEmpty, left: maxJobs)))
    }

    // MARK: - Steps

    /// Does one thing that can happen now.
    mutating func step() {
        now += Int64.random(in: 0...120, using: &generator)
        if chance(60), !actions.isEmpty || isAwake { return work() }
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: tell(.passRequested)
        case 1 where isRough && works.count < 40:
            add(foreground: chance(30), suspect: chance(10))
        case 2: arrive()
        case 3 where isRough: intend()
        case 4: answer()
        case 5: if schedule.suspect != nil { tell(.suspectCleared) }
        default: endOne()
        }
        check()
    }

    /// Goes on with the pass, or begins the next one.
    mutating func work() {
        if actions.isEmpty {
            guard isAwake, !isFinished else { return }
            isAwake = false
            actions = schedule.handle(.passBegan, at: now)
        } else {
            let action = actions.removeFirst()
            if let answer = carryOut(action) { actions += schedule.handle(answer, at: now) }
        }
        check()
    }

    /// Takes the pass that is under way to its end.
    mutating func finishPass() {
        while !actions.isEmpty { work() }
    }

    /// Ends the process: no job begins any more, and every run stops.
    mutating func stop() {
        tell(.stopRequested)
        finishPass()
        while let number = works.first(where: { $0.value.state == .running })?.key { end(number) }
        tell(.closed)
        check()
    }

    /// The slots that were given to this process and neither are used nor were given back.
    var lostSlots: Set<Int64> {
        let onTheWay = actions.compactMap { action in
            if case .giveBack(let lease, _) = action { lease.serial } else { nil }
        }
        return Set(leases.keys).subtracting(returned).subtracting(onTheWay)
            .subtracting(schedule.slots.held.map(\.serial))
    }

    /// The slots that were given and not given back, for whatever they are used.
    var openSlots: Set<Int64> { Set(leases.keys).subtracting(returned) }

    var running: Int { works.values.count { $0.state == .running } }

    // MARK: - What happens to jobs

    private mutating func arrive() {
        let some = works.filter { $0.value.state == .running && !$0.value.isWhole }.keys.sorted()
        guard let number = some.randomElement(using: &generator) else { return }
        works[number]?.isWhole = true
        occupants = occupants.filter { $0.value != number }
        tell(.bytesArrived(number))
    }

    /// The server of a job says how large its file is.
    private mutating func answer() {
        let some = works.filter { $0.value.state == .running && !$0.value.isWhole }.keys.sorted()
        guard let number = some.randomElement(using: &generator), let work = works[number] else {
            return tell(.answered("https://\(hosts[0])", job: 0, connections: 1))
        }
        let count = Int.random(in: 1...8, using: &generator)
        tell(.answered(work.origin, job: number, connections: count))
    }

    private mutating func intend() {
        guard let number = works.keys.sorted().randomElement(using: &generator) else { return }
        let intent = JobIntent.allCases.randomElement(using: &generator) ?? .yield
        tell(.intentsSeen([number: intent]))
    }

    private mutating func endOne() {
        let some = works.filter { $0.value.state == .running }.keys.sorted()
        guard let number = some.randomElement(using: &generator) else { return }
        end(number)
    }

    private mutating func end(_ number: Int64) {
        guard let work = works[number] else { return }
        let isAgain = isRough && (work.isAskedToStop || chance(20))
        let refuses = isRough && chance(10)
        works[number]?.state = isAgain ? .ready : .ended
        works[number]?.isWhole = false
        works[number]?.isAskedToStop = false
        works[number]?.isSuspect = false
        if !isAgain, work.isForeground { tell(.settled(number)) }
        let coolDown = refuses ? Budget.CoolDown(origin: work.origin, seconds: 1) : nil
        // The job is no longer in its slot, whatever becomes of that.
        occupants = occupants.filter { $0.value != number }
        tell(.ended(number, coolDown: coolDown, needsPass: isAgain || refuses))
    }

    /// An event from outside of the pass: its actions are carried out at once.
    private mutating func tell(_ event: Schedule.Event) {
        var actions = ArraySlice(schedule.handle(event, at: now))
        while let action = actions.popFirst() {
            if let answer = carryOut(action) { actions += schedule.handle(answer, at: now) }
        }
    }

    // MARK: - Actions

    private mutating func carryOut(_ action: Schedule.Action) -> Schedule.Event? {
        let mayFail: Bool
        switch action {
        case .refreshQueue, .findSuspects, .askLedger, .findJobs, .claim, .claimAlone,
            .tellLedger:
            mayFail = isRough
        default: mayFail = false
        }
        if mayFail, chance(4) { return .failed(Failure(.storage, "it is broken")) }
        switch action {
        case .refreshQueue: return .queueRefreshed
        case .findSuspects: return .suspectsFound(suspects())
        case .enter(.alone): return .entered(solitude.takeAlone())
        case .enter(.together): return .entered(solitude.mayClaim())
        case .askLedger(let demand): return .decided(decide(demand))
        case .findJobs(let search): return find(search)
        case .claim(let request): return .claimed(claim(request))
        case .claimAlone(let number): return .claimed(claimAlone(number))
        case .checkDrained: return .drained(!hasReadyInQueue)
        case .tellLedger:
            hearReturned()
            return .told
        default: return carryOutAlone(action)
        }
    }

    private mutating func carryOutAlone(_ action: Schedule.Action) -> Schedule.Event? {
        switch action {
        case .assign(let lease, let job, let connections):
            occupy(lease, job)
            want(connections, lease)
        case .want(let count, let lease): want(count, lease)
        case .start(let job, let lease): start(job, lease)
        case .entering(let count): solitude.begun(count)
        case .leave: solitude.ended()
        case .liftSolitude: solitude.lift()
        case .giveBack(let lease, _): giveBack(lease)
        case .stop(let job, _):
            // It may have ended since.
            if works[job].map({ $0.state == .ready && !$0.hasRun }) ?? true {
                faults.append("job \(job) is stopped and never ran")
            }
            works[job]?.isAskedToStop = true
        case .settleWaiting:
            for (number, work) in works where work.isForeground && work.state == .ready {
                guard schedule.foreground.contains(number) else { continue }
                works[number]?.state = .ended
                tell(.settled(number))
            }
        case .endDrain:
            hasDrained = true
            tell(.drainEnded)
        case .wake: isAwake = true
        case .finish: isFinished = true
        case .hurryLedger: if !chance(20) { hearReturned() }
        default: break
        }
        return nil
    }

    private mutating func occupy(_ lease: Lease, _ job: Int64) {
        if occupants[lease.serial] != nil { faults.append("slot \(lease.serial) is used twice") }
        if leases[lease.serial] == nil || returned.contains(lease.serial) {
            faults.append("slot \(lease.serial) is used and was not given")
        }
        occupants[lease.serial] = job
    }

    private mutating func want(_ count: Int, _ lease: Lease) {
        guard var known = leases[lease.serial], !returned.contains(lease.serial) else {
            return faults.append("slot \(lease.serial) wants connections and was not given")
        }
        known.wanted = count
        known.connections = min(known.connections, count)
        leases[lease.serial] = known
    }

    private mutating func start(_ job: Int64, _ lease: Lease) {
        guard works[job]?.state == .claimed else {
            return faults.append("job \(job) is started and was not claimed, or is started twice")
        }
        if occupants[lease.serial] != job { faults.append("job \(job) starts in another's slot") }
        if schedule.suspect == job, running > 0 { faults.append("suspect \(job) is not alone") }
        if works[job]?.isForeground == false { startsFromQueue += 1 }
        works[job]?.state = .running
        works[job]?.hasRun = true
    }

    private mutating func giveBack(_ lease: Lease) {
        if leases[lease.serial] == nil || !returned.insert(lease.serial).inserted {
            faults.append("slot \(lease.serial) is given back twice")
        }
        if let job = occupants[lease.serial] {
            faults.append("slot \(lease.serial) is given back while job \(job) uses it")
        }
    }

    // MARK: - The ledger

    private mutating func hearReturned() {
        for serial in returned { leases[serial] = nil }
        returned = []
    }

    private mutating func decide(_ demand: QueueHead?) -> SlotDecision {
        hearReturned()
        var decision = SlotDecision()
        decision.isWaiting = demand != nil
        decision.hasRivals = isRough && chance(30)
        if isRough, chance(15) {
            decision.coolDowns["https://\(hosts[0])"] =
                LedgerCoolDown(until: now + 500, asked: now + 500, refusals: 1)
        }
        if isRough, chance(10), let serial = occupants.keys.sorted().first {
            decision.preempted = [serial]
        }
        for (serial, lease) in leases {
            let more = isRough && chance(50) ? Int.random(in: 0...7, using: &generator) : 7
            leases[serial]?.connections = min(lease.wanted, lease.connections + more)
            decision.connections[serial] = leases[serial]?.connections
        }
        decision.isGrowing = leases.values.contains { $0.wanted > $0.connections }
        guard let demand else { return decision }
        // It may give one more than was asked for: an offer to the last question was still open.
        let most = demand.count + (isRough && chance(5) ? 1 : 0)
        let free = max(0, slots - leases.count)
        let count =
            isRough
            ? Int.random(in: 0...max(0, min(free, most)), using: &generator) : min(free, most)
        for index in 0..<max(0, count) {
            let entry = demand.entries[index % demand.entries.count]
            lastSerial += 1
            let lease = Lease(
                serial: lastSerial,
                holder: "p",
                workspace: "w",
                host: entry.host,
                origin: entry.origin,
                state: .held,
                connections: Int.random(in: 1...entry.connections, using: &generator),
                grantedAt: now
            )
            leases[lastSerial] = lease
            decision.granted.append(lease)
        }
        decision.isWaiting = count < demand.count
        return decision
    }

    // MARK: - What always holds

    private mutating func check() {
        if schedule.slots.transferring > schedule.limit {
            faults.append("\(schedule.slots.transferring) jobs transfer at once")
        }
        if occupants.count > slots { faults.append("more jobs transfer than there are slots") }
        if schedule.pass == nil,
            schedule.slots.held.contains(where: { schedule.slots.state($0.serial) == .offered })
        {
            faults.append("a slot was given and nothing became of it")
        }
        for lease in schedule.slots.held
        where lease.connections > leases[lease.serial]?.connections ?? 0 {
            faults.append("slot \(lease.serial) has more connections than it was given")
        }
        if !lostSlots.isEmpty { faults.append("slots \(lostSlots.sorted()) are lost") }
    }
}
