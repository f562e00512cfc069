import ADMModel
import Testing

@testable import ADMCatalog
@testable import ADMScheduling

/// What the schedule answers step by step.
struct ScheduleStepTests {
    private let start: Int64 = 1_000_000

    private func lease(_ serial: Int64, host: String = "a.org") -> Lease {
        Lease(
            serial: serial,
            holder: "p",
            workspace: "w",
            host: host,
            origin: "https://\(host)",
            state: .held,
            grantedAt: 0
        )
    }

    private func head(_ numbers: Int64..., host: String = "a.org", key: Int64 = 0) -> QueueHead {
        var head = QueueHead()
        head.sortKey = key
        head.count = numbers.count
        head.entries = [.init(number: numbers[0], host: host, origin: "https://\(host)")]
        return head
    }

    /// A schedule that was asked to drain its queue, with job 1 in slot 1 and nobody else who wants one.
    private func running(limit: Int = 4) -> Schedule {
        var schedule = Schedule(limit: limit, at: start)
        _ = schedule.handle(.drainRequested(Drain(untilEmpty: true, left: nil)), at: start)
        beginPass(&schedule)
        _ = schedule.handle(.jobsFound(foreground: QueueHead(), queue: head(1)), at: start)
        var decision = SlotDecision()
        decision.granted = [lease(1)]
        _ = schedule.handle(.decided(decision), at: start)
        _ = schedule.handle(.claimed([1]), at: start)
        _ = schedule.handle(.jobsFound(foreground: QueueHead(), queue: QueueHead()), at: start)
        let actions = schedule.handle(.decided(SlotDecision()), at: start)
        #expect(actions.contains(.start(1, lease(1))))
        #expect(schedule.pass == nil)
        return schedule
    }

    /// Goes through a pass up to the point at which jobs are looked for.
    private func beginPass(_ schedule: inout Schedule) {
        #expect(schedule.handle(.passBegan, at: start) == [.refreshQueue(takesOver: true)])
        #expect(schedule.handle(.queueRefreshed, at: start) == [.findSuspects])
        #expect(schedule.handle(.suspectsFound([]), at: start) == [.enter(.together)])
        let search = Schedule.Search(
            foreground: nil,
            includesQueue: true,
            busy: [],
            closed: []
        )
        #expect(schedule.handle(.entered(true), at: start) == [.findJobs(search)])
    }

    private func ends(_ schedule: inout Schedule, coolDown: Budget.CoolDown? = nil) {
        let event = Schedule.Event.ended(1, coolDown: coolDown, needsPass: false)
        #expect(schedule.handle(event, at: start + 100) == [.leave, .wake])
    }

    @Test func `a slot goes from job to job for a moment without a question to the ledger`() {
        var schedule = running()
        ends(&schedule)
        #expect(schedule.handle(.passBegan, at: start + 100) == [.findSuspects])
        #expect(schedule.handle(.suspectsFound([]), at: start + 100) == [.enter(.together)])
        let request = Schedule.ClaimRequest(
            host: "a.org",
            count: 1,
            closed: [],
            foreground: [],
            fromQueue: .max
        )
        #expect(schedule.handle(.entered(true), at: start + 100) == [.claim(request)])
        #expect(
            schedule.handle(.claimed([2]), at: start + 100)
                == [.assign(lease(1), job: 2, connections: 1), .entering(1), .start(2, lease(1))]
        )
    }

    @Test(arguments: [0, 1, 2])
    func `a slot goes back if it is old, if others want it, or if its server wants quiet`(
        _ reason: Int
    ) {
        var schedule = running()
        if reason == 1 { schedule.decision.hasRivals = true }
        let coolDown = reason == 2 ? Budget.CoolDown(origin: "https://a.org", seconds: 5) : nil
        ends(&schedule, coolDown: coolDown)
        let now = start + (reason == 0 ? 300 : 100)
        _ = schedule.handle(.passBegan, at: now)
        _ = schedule.handle(.suspectsFound([]), at: now)
        let actions = schedule.handle(.entered(true), at: now)
        #expect(actions.first == .giveBack(lease(1), coolDown: coolDown))
        #expect(schedule.slots.state(1) == .owed)
        _ = schedule.handle(.jobsFound(foreground: QueueHead(), queue: QueueHead()), at: now)
        _ = schedule.handle(.decided(SlotDecision()), at: now)
        #expect(schedule.slots.state(1) == nil)
    }

    @Test func `a job whose bytes have arrived keeps running without its slot`() {
        var schedule = running()
        #expect(schedule.handle(.bytesArrived(1), at: start) == [.wake])
        #expect(schedule.finishing == [1] && schedule.slots.transferring == 0)
        #expect(schedule.slots.state(1) == .freed(nil))
        #expect(schedule.handle(.bytesArrived(1), at: start).isEmpty)
    }

    @Test func `a job that somebody begins to wait for is asked for at once`() {
        var schedule = running()
        #expect(schedule.handle(.enlisted([5]), at: start + 10) == [.wake])
        _ = schedule.handle(.passBegan, at: start + 10)
        let search = Schedule.Search(
            foreground: [5],
            includesQueue: true,
            busy: [],
            closed: []
        )
        #expect(schedule.handle(.entered(true), at: start + 10) == [.findJobs(search)])
    }

    @Test func `no more slots are used than the workspace may, whatever the ledger gives`() {
        var schedule = running(limit: 2)
        _ = schedule.handle(.passRequested, at: start)
        #expect(schedule.handle(.passBegan, at: start) == [.refreshQueue(takesOver: true)])
        _ = schedule.handle(.queueRefreshed, at: start)
        _ = schedule.handle(.entered(true), at: start)
        let found = Schedule.Event.jobsFound(foreground: QueueHead(), queue: head(2, 3, 4))
        var demand = head(2, 3, 4)
        demand.count = 1
        #expect(schedule.handle(found, at: start) == [.askLedger(demand)])
        var decision = SlotDecision()
        decision.granted = [lease(2), lease(3)]
        let actions = schedule.handle(.decided(decision), at: start)
        #expect(actions.first == .giveBack(lease(3), coolDown: nil))
        #expect(schedule.slots.state(2) == .offered)
    }

    @Test func `a slot that the ledger wants back stops its job at the next checkpoint`() {
        var schedule = running()
        _ = schedule.handle(.passRequested, at: start)
        _ = schedule.handle(.passBegan, at: start)
        _ = schedule.handle(.queueRefreshed, at: start)
        _ = schedule.handle(.entered(true), at: start)
        _ = schedule.handle(.jobsFound(foreground: QueueHead(), queue: QueueHead()), at: start)
        var decision = SlotDecision()
        decision.preempted = [1]
        #expect(schedule.handle(.decided(decision), at: start).first == .stop(1, .yield))
    }

    @Test func `what people want of a job that runs is obeyed, and of others nothing`() {
        var schedule = running()
        let intents: [Int64: JobIntent] = [1: .cancel, 9: .pause]
        #expect(schedule.handle(.intentsSeen(intents), at: start) == [.stop(1, .cancel)])
    }

    @Test func `an origin that answers is told to the ledger once, and only if it was closed`() {
        var schedule = running()
        #expect(
            schedule.handle(.answered("https://a.org", job: 1, connections: 1), at: start).isEmpty
        )
        schedule.decision.coolDowns["https://a.org"] =
            LedgerCoolDown(until: start + 900, asked: start + 900, refusals: 1)
        let actions = schedule.handle(.answered("https://a.org", job: 1, connections: 1), at: start)
        #expect(actions == [.noteAnswer("https://a.org"), .wake])
        #expect(
            schedule.handle(.answered("https://a.org", job: 1, connections: 1), at: start).isEmpty
        )
    }

    @Test func `a failure of the ledger ends what waits, and what runs goes on`() {
        var schedule = running()
        let failure = Failure(.storage, "it cannot be written")
        _ = schedule.handle(.passRequested, at: start)
        _ = schedule.handle(.passBegan, at: start)
        #expect(schedule.handle(.failed(failure), at: start) == [.settleWaiting(failure)])
        #expect(schedule.pass == nil && schedule.slots.transferring == 1)
        ends(&schedule)
        _ = schedule.handle(.passBegan, at: start)
        #expect(
            schedule.handle(.failed(failure), at: start)
                == [.settleWaiting(failure), .endDrain(failure)]
        )
    }

    @Test func `a suspect whose host was busy when the ledger was asked last is asked for again`() {
        var schedule = Schedule(limit: 4, at: start)
        schedule.decision.busyHosts = ["a.org"]
        _ = schedule.handle(.drainRequested(Drain(untilEmpty: true, left: nil)), at: start)
        _ = schedule.handle(.passBegan, at: start)
        _ = schedule.handle(.queueRefreshed, at: start)
        func suspect(_ number: Int64, _ host: String) -> Suspect {
            Suspect(
                number: number,
                host: host,
                origin: "https://\(host)",
                sortKey: number,
                isForeground: false
            )
        }
        let both = [suspect(1, "a.org"), suspect(2, "b.org")]
        var other = schedule
        #expect(other.handle(.suspectsFound(both), at: start) == [.enter(.alone)])
        #expect(
            other.handle(.entered(true), at: start) == [.askLedger(head(2, host: "b.org", key: 2))]
        )
        let one = schedule.handle(.suspectsFound([both[0]]), at: start)
        #expect(one == [.enter(.alone)])
        #expect(schedule.handle(.entered(true), at: start) == [.askLedger(head(1, key: 1))])
    }

    // MARK: - Connections

    /// A schedule with job 1 in slot 1, which began with `connections`.
    private func running(connections: Int) -> Schedule {
        var schedule = Schedule(limit: 4, connections: connections, at: start)
        _ = schedule.handle(.drainRequested(Drain(untilEmpty: true, left: nil)), at: start)
        beginPass(&schedule)
        let ask = schedule.handle(.jobsFound(foreground: QueueHead(), queue: head(1)), at: start)
        guard case .askLedger(let demand) = ask.first else {
            Issue.record("the ledger is not asked")
            return schedule
        }
        #expect(demand?.entries.map(\.connections) == [connections])
        var decision = SlotDecision()
        var lease = lease(1)
        lease.connections = connections
        lease.wanted = connections
        decision.granted = [lease]
        _ = schedule.handle(.decided(decision), at: start)
        _ = schedule.handle(.claimed([1]), at: start)
        _ = schedule.handle(.jobsFound(foreground: QueueHead(), queue: QueueHead()), at: start)
        _ = schedule.handle(.decided(SlotDecision()), at: start)
        return schedule
    }

    @Test func `a file that is small gives connections back, and the next one begins with one`() {
        var schedule = running(connections: 8)
        let answer = Schedule.Event.answered("https://a.org", job: 1, connections: 1)
        let actions = schedule.handle(answer, at: start)
        var changed = lease(1)
        changed.connections = 1
        changed.wanted = 1
        #expect(actions == [.want(1, changed), .wake])
        #expect(schedule.connections(for: "a.org") == 1)
        #expect(schedule.connections(for: "b.org") == 8)
        #expect(schedule.handle(answer, at: start).isEmpty)
    }

    @Test func `a slot is not used again while a file that runs could use its connection`() {
        var schedule = running()
        schedule.decision.isGrowing = true
        ends(&schedule)
        _ = schedule.handle(.passBegan, at: start + 100)
        _ = schedule.handle(.suspectsFound([]), at: start + 100)
        let actions = schedule.handle(.entered(true), at: start + 100)
        #expect(actions.first == .giveBack(lease(1), coolDown: nil))
    }

    @Test func `a file that could use more than it has says so, and has no more than it is given`()
    {
        var schedule = running(connections: 2)
        let answer = Schedule.Event.answered("https://a.org", job: 1, connections: 6)
        #expect(schedule.handle(answer, at: start).count == 2)
        #expect(schedule.slots.connections(of: "a.org") == 2)
        var decision = SlotDecision()
        decision.connections = [1: 5]
        _ = schedule.handle(.passBegan, at: start)
        _ = schedule.handle(.entered(true), at: start)
        _ = schedule.handle(.jobsFound(foreground: QueueHead(), queue: QueueHead()), at: start)
        _ = schedule.handle(.decided(decision), at: start)
        #expect(schedule.slots.connections(of: "a.org") == 5)
    }
}
