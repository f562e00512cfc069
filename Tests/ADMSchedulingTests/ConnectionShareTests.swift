import ADMCatalog
import ADMModel
import Testing

@testable import ADMScheduling

/// What the ledger shares out: connections, of which each transfer has one and a large file several.
struct ConnectionShareTests {
    private let policy = FairShare()

    private func state(_ limits: BudgetLimits = BudgetLimits()) -> LedgerState {
        var state = LedgerState(generation: "test", quietUntil: 0, limits: limits)
        for holder in ["a", "b"] {
            state.join(holder, LedgerHolder(process: 1, role: "run", capacity: 64, joinedAt: 0))
            state.register(holder, name: holder, share: WorkspaceShare(), now: 0)
        }
        return state
    }

    private func waiter(_ holder: String, _ demand: Int, host: String, each: Int) -> Waiter {
        Waiter(
            key: Waiter.Key(holder: holder, workspace: holder),
            candidates: [.init(job: 1, host: host, origin: "https://\(host)", connections: each)],
            sortKey: 0,
            demand: demand
        )
    }

    /// What a process says of its transfers: how many connections each could use.
    private func want(_ count: Int, _ leases: [Lease], in state: inout LedgerState) {
        for lease in leases {
            guard var own = state.leases[lease.serial] else { continue }
            own.wanted = count
            state.describe(own)
        }
    }

    private func connections(_ state: LedgerState) -> [Int] {
        state.leases.values.sorted { $0.serial < $1.serial }.map(\.connections)
    }

    // MARK: - How many at once

    @Test func `by default six files of one host begin of which nothing is known, eight in all`() {
        var state = state()
        let first = state.request(waiter("a", 20, host: "x", each: 8), now: 0, policy: policy)
        #expect(first.map(\.connections) == [8, 8, 8, 8, 8, 8])
        let others = state.request(waiter("b", 20, host: "y", each: 8), now: 0, policy: policy)
        #expect(others.map(\.connections) == [8, 8])
    }

    @Test func `files that turn out to be small make room for forty-eight of one host`() {
        var state = state()
        let first = state.request(waiter("a", 60, host: "x", each: 8), now: 0, policy: policy)
        want(1, first, in: &state)
        // What the next ones need is known by now.
        let more = state.request(waiter("a", 60, host: "x", each: 1), now: 1, policy: policy)
        #expect(state.leases.count == 48 && more.allSatisfy { $0.connections == 1 })
    }

    @Test func `a limit on transfers that somebody set holds whatever their size`() {
        for each in [1, 8] {
            var slots = state(BudgetLimits(slots: 3))
            _ = slots.request(waiter("a", 50, host: "x", each: each), now: 0, policy: policy)
            #expect(slots.leases.count == 3)
            var hosts = state(BudgetLimits(perHost: 2))
            _ = hosts.request(waiter("a", 50, host: "x", each: each), now: 0, policy: policy)
            #expect(hosts.leases.count == 2)
        }
    }

    @Test func `as many transfers as somebody allowed begin at once, and grow later`() {
        var state = state(BudgetLimits(slots: 16, perHost: 16))
        let all = state.request(waiter("a", 50, host: "x", each: 8), now: 0, policy: policy)
        #expect(all.map(\.connections) == Array(repeating: 3, count: 16))
        want(1, Array(all.dropFirst(2)), in: &state)
        want(8, Array(all.prefix(2)), in: &state)
        policy.settle(&state, now: 1)
        #expect(connections(state).prefix(3) == [8, 8, 1])
    }

    // MARK: - Who grows

    @Test func `a transfer that runs is served before another one begins`() {
        var state = state(BudgetLimits(connections: 8))
        let small = state.request(waiter("a", 8, host: "x", each: 1), now: 0, policy: policy)
        #expect(small.count == 8)
        _ = state.request(waiter("a", 20, host: "x", each: 1), now: 0, policy: policy)
        want(3, [small[0]], in: &state)
        policy.settle(&state, now: 1)
        #expect(state.leases[small[0].serial]?.connections == 1)
        for lease in small[1...3] {
            state.giveBack(lease.serial, holder: "a", now: 2, policy: policy)
        }
        #expect(state.leases[small[0].serial]?.connections == 3)
        #expect(state.leases.values.count { $0.state == .offered } == 1)
    }

    @Test func `connections that come free go to the transfer that has fewest`() {
        var state = state(BudgetLimits(connections: 12))
        let all = state.request(waiter("a", 4, host: "x", each: 1), now: 0, policy: policy)
        want(8, Array(all.prefix(2)), in: &state)
        policy.settle(&state, now: 1)
        #expect(connections(state) == [5, 5, 1, 1])
        state.giveBack(all[2].serial, holder: "a", now: 2, policy: policy)
        #expect(connections(state) == [6, 5, 1])
    }

    @Test func `a workspace beyond its part does not grow while another waits below its own`() {
        var state = state(BudgetLimits(connections: 10, hostConnections: 10))
        let rich = state.request(waiter("a", 10, host: "x", each: 1), now: 0, policy: policy)
        want(8, [rich[0]], in: &state)
        #expect(state.request(waiter("b", 9, host: "x", each: 1), now: 1, policy: policy).isEmpty)
        for lease in rich[1...5] {
            state.giveBack(lease.serial, holder: "a", now: 2, policy: policy)
        }
        #expect(state.leases[rich[0].serial]?.connections == 1)
        #expect(state.leases.values.count { $0.workspace == "b" } == 5)
    }

    // MARK: - Limits that change

    @Test
    func
        `lowered limits take connections back, one at a time from who has most, and leave one each`()
    {
        var state = state()
        let all = state.request(waiter("a", 2, host: "x", each: 8), now: 0, policy: policy)
        _ = state.request(waiter("b", 1, host: "y", each: 1), now: 0, policy: policy)
        #expect(all.map(\.connections) == [8, 8])
        state.limits.hostConnections = 5
        policy.settle(&state, now: 1)
        #expect(connections(state) == [3, 2, 1])
        state.limits.connections = 2
        policy.settle(&state, now: 2)
        #expect(connections(state) == [1, 1, 1])
        // The youngest transfer that can stop makes room.
        #expect(state.leases.values.filter { $0.state == .yielding }.map(\.workspace) == ["b"])
    }

    @Test func `a process is told that one of its transfers got other connections`() {
        var state = state(BudgetLimits(connections: 4))
        let own = state.request(waiter("a", 1, host: "x", each: 1), now: 0, policy: policy)
        let others = state.request(waiter("b", 3, host: "x", each: 1), now: 0, policy: policy)
        want(4, own, in: &state)
        let before = state.leases
        state.giveBack(others[0].serial, holder: "b", now: 2, policy: policy)
        #expect(state.concerned(since: before, besides: "b") == ["a"])
        #expect(state.connections(of: own) == [own[0].serial: 2])
    }

    // MARK: - Fairness

    @Test func `two workspaces are entitled to half of the connections each, or of the slots`() {
        for limits in [BudgetLimits(), BudgetLimits(slots: 6)] {
            var state = state(limits)
            _ = state.request(waiter("a", 60, host: "x", each: 8), now: 0, policy: policy)
            _ = state.request(waiter("b", 60, host: "y", each: 8), now: 0, policy: policy)
            let snapshot = BudgetSnapshot(state, policy: policy, now: 0)
            for usage in snapshot.usages.values {
                #expect(abs(usage.entitled - Double(limits.capacity) / 2) < 0.01)
            }
        }
    }

    @Test func `a newcomer gets the connections of a large file that has had its time`() {
        var state = state()
        let all = state.request(waiter("a", 20, host: "x", each: 8), now: 0, policy: policy)
        _ = state.request(waiter("b", 1, host: "x", each: 8), now: 1000, policy: policy)
        policy.settle(&state, now: 59_000)
        #expect(state.leases.values.allSatisfy { $0.state == .held })
        policy.settle(&state, now: 61_000)
        let asked = state.leases.values.filter { $0.state == .yielding }
        #expect(asked.count == 1)
        state.giveBack(asked[0].serial, holder: "a", now: 62_000, policy: policy)
        #expect(state.leases.values.filter { $0.workspace == "b" }.map(\.connections) == [8])
        #expect(state.leases.count == all.count)
    }

    // MARK: - Whatever happens

    @Test(arguments: 0..<40)
    func `no limit is ever exceeded, and nothing is free that somebody who runs could use`(
        _ seed: Int
    ) {
        var generator = SplitMix64(state: UInt64(seed))
        let limits = BudgetLimits(
            slots: [0, 0, 5].randomElement(using: &generator) ?? 0,
            perHost: [0, 0, 3].randomElement(using: &generator) ?? 0,
            connections: .random(in: 1...40, using: &generator),
            hostConnections: .random(in: 1...20, using: &generator)
        )
        var state = state(limits)
        for step in 0..<300 {
            let now = Int64(step) * 700
            let holder = ["a", "b"].randomElement(using: &generator) ?? "a"
            let own = state.leases.values.filter { $0.holder == holder && $0.state != .offered }
                .sorted { $0.serial < $1.serial }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let host = ["x", "y", "z"].randomElement(using: &generator) ?? "x"
                let each = Int.random(in: 1...16, using: &generator)
                let count = Int.random(in: 1...30, using: &generator)
                let wish = waiter(holder, count, host: host, each: each)
                _ = state.request(wish, now: now, policy: policy)
            case 1:
                guard let lease = own.randomElement(using: &generator) else { continue }
                state.giveBack(lease.serial, holder: holder, now: now, policy: policy)
            case 2:
                guard var lease = own.randomElement(using: &generator) else { continue }
                lease.wanted = .random(in: 1...64, using: &generator)
                state.describe(lease)
                policy.settle(&state, now: now)
            default: _ = state.take(.init(holder: holder, workspace: holder), now: now)
            }
            check(state, limits)
        }
    }

    private func check(_ state: LedgerState, _ limits: BudgetLimits) {
        let snapshot = BudgetSnapshot(state, policy: policy, now: 0)
        #expect(snapshot.connections <= limits.connections)
        #expect(limits.slots == 0 || state.leases.count <= limits.slots)
        for usage in snapshot.hosts.values {
            #expect(usage.connections <= limits.hostConnections)
            #expect(limits.perHost == 0 || usage.slots <= limits.perHost)
        }
        #expect(state.leases.values.allSatisfy { $0.connections >= 1 })
        guard state.waiters.isEmpty else { return }
        for lease in state.leases.values where lease.isHungry {
            #expect(snapshot.room(at: lease.host) == 0)
        }
    }
}
