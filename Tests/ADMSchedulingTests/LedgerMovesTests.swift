import ADMCatalog
import ADMModel
import ADMScheduling
import Testing

/// The moves of the ledger, one by one and in every order.
struct LedgerMovesTests {
    private let policy = FairShare()

    private func state(
        slots: Int,
        perHost: Int = 0,
        holders: [String] = ["a", "b"],
        capacity: Int = 10
    ) -> LedgerState {
        var state = LedgerState(
            generation: "test",
            quietUntil: 0,
            limits: BudgetLimits(slots: slots, perHost: perHost)
        )
        for holder in holders {
            state.join(
                holder,
                LedgerHolder(process: 1, role: "run", capacity: capacity, joinedAt: 0)
            )
            state.register(holder, name: holder, share: WorkspaceShare(), now: 0)
        }
        return state
    }

    private func waiter(
        _ holder: String,
        demand: Int = 1,
        hosts: [String] = ["example.org"],
        sortKey: Int64 = 0,
        workspace: String? = nil
    ) -> Waiter {
        Waiter(
            key: Waiter.Key(holder: holder, workspace: workspace ?? holder),
            candidates: hosts.enumerated().map {
                Waiter.Candidate(job: Int64($0.offset + 1), host: $0.element)
            },
            sortKey: sortKey,
            demand: demand
        )
    }

    @Test func `a free slot is given at once, and its release wakes the next one`() {
        var state = state(slots: 1)
        let first = state.request(waiter("a"), now: 0, policy: policy)
        #expect(first.map(\.state) == [.held])
        #expect(state.request(waiter("b"), now: 1, policy: policy).isEmpty)
        state.giveBack(first[0].serial, holder: "a", now: 2, policy: policy)
        #expect(state.leases.values.map(\.state) == [.offered])
        #expect(state.leases.values.map(\.holder) == ["b"])
        #expect(state.waiters.isEmpty)
        let taken = state.take(Waiter.Key(holder: "b", workspace: "b"), now: 3)
        #expect(taken.map(\.state) == [.held])
    }

    @Test func `an offer that nobody takes goes to the next after two seconds`() {
        var state = state(slots: 1, holders: ["a", "b", "c"])
        let first = state.request(waiter("a"), now: 0, policy: policy)
        _ = state.request(waiter("b"), now: 1, policy: policy)
        _ = state.request(waiter("c"), now: 2, policy: policy)
        state.giveBack(first[0].serial, holder: "a", now: 10, policy: policy)
        policy.settle(&state, now: 2010)
        #expect(state.leases.values.map(\.holder) == ["b"])
        policy.settle(&state, now: 2011)
        #expect(state.leases.values.map(\.holder) == ["c"])
        // The late one finds nothing and asks again.
        #expect(state.take(Waiter.Key(holder: "b", workspace: "b"), now: 2012).isEmpty)
    }

    @Test func `the slots of a dead process are free, those of a stopped one are not`() {
        var state = state(slots: 2)
        _ = state.request(waiter("a", demand: 2), now: 0, policy: policy)
        #expect(state.request(waiter("b"), now: 1, policy: policy).isEmpty)
        state.reap(now: 2, policy: policy) { _ in true }
        #expect(state.leases.values.map(\.holder) == ["a", "a"])
        state.reap(now: 3, policy: policy) { $0 != "a" }
        policy.settle(&state, now: 3)
        #expect(state.leases.values.map(\.holder) == ["b"])
        #expect(state.holders["a"] == nil)
    }

    @Test func `a host has no more transfers than it may, and no others wait for it`() {
        var state = state(slots: 8, perHost: 2)
        let first = state.request(
            waiter("a", demand: 5, hosts: ["one.org", "two.org"]),
            now: 0,
            policy: policy
        )
        #expect(first.map(\.host).sorted() == ["one.org", "one.org", "two.org", "two.org"])
        // Which job it is, is known of the first one of each host.
        #expect(first.compactMap(\.job).sorted() == [1, 2])
        #expect(state.request(waiter("b", hosts: ["one.org"]), now: 1, policy: policy).isEmpty)
        let third = state.request(waiter("b", hosts: ["three.org"]), now: 2, policy: policy)
        #expect(third.map(\.host) == ["three.org"])
    }

    @Test func `a long transfer makes room for a workspace that needs the same host`() {
        var state = state(slots: 8, perHost: 1)
        let lease = state.request(waiter("a"), now: 0, policy: policy)[0]
        #expect(state.request(waiter("b"), now: 1, policy: policy).isEmpty)
        policy.settle(&state, now: 59_999)
        #expect(state.leases[lease.serial]?.state == .held)
        policy.settle(&state, now: 60_000)
        #expect(state.leases[lease.serial]?.state == .yielding)
    }

    @Test func `inside a workspace the most urgent job counts, whichever process has it`() {
        var state = state(slots: 1)
        let first = state.request(waiter("a", workspace: "w"), now: 0, policy: policy)
        state.register("w", name: "w", share: WorkspaceShare(), now: 0)
        _ = state.request(waiter("a", sortKey: 9, workspace: "w"), now: 1, policy: policy)
        _ = state.request(waiter("b", sortKey: 3, workspace: "w"), now: 2, policy: policy)
        state.giveBack(first[0].serial, holder: "a", now: 3, policy: policy)
        #expect(state.leases.values.map(\.holder) == ["b"])
    }

    @Test func `no process gets more than it wants at most`() {
        var state = state(slots: 8, capacity: 2)
        #expect(state.request(waiter("a", demand: 5), now: 0, policy: policy).count == 2)
    }

    @Test func `leases are put into a ledger that lost them, and no slot is given twice`() {
        var state = state(slots: 2)
        let own = state.request(waiter("a", demand: 2), now: 0, policy: policy)
        var fresh = LedgerState(
            generation: "next",
            quietUntil: 3000,
            limits: BudgetLimits(slots: 2, perHost: 0)
        )
        fresh.lastSerial = 1_000_000
        fresh.join("b", LedgerHolder(process: 2, role: "run", capacity: 9, joinedAt: 0))
        fresh.register("b", name: "b", share: WorkspaceShare(), now: 0)
        #expect(fresh.request(waiter("b"), now: 10, policy: policy).isEmpty)
        fresh.join("a", LedgerHolder(process: 1, role: "run", capacity: 9, joinedAt: 0))
        fresh.restore(own)
        policy.settle(&fresh, now: 3001)
        #expect(fresh.leases.values.allSatisfy { $0.holder == "a" })
        #expect(fresh.leases.count == 2)
    }

    /// I1, I2, I5: whatever processes do, in whatever order, and whichever of them dies.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `no order of moves gives more slots than there are`(_ seed: UInt64) {
        var random = SplitMix64(state: seed)
        let names = ["a", "b", "c", "d"]
        var state = state(slots: 3, perHost: 2, holders: names, capacity: 3)
        var now: Int64 = 0
        for step in 0..<3000 {
            now += Int64.random(in: 0...400, using: &random)
            let name = names.randomElement(using: &random) ?? "a"
            let own = state.leases.values.filter { $0.holder == name && $0.state != .offered }
            switch Int.random(in: 0..<12, using: &random) {
            case 0...4:
                let hosts = ["x.org", "y.org", "z.org"].shuffled(using: &random)
                let demand = Int.random(in: 1...4, using: &random)
                _ = state.request(
                    waiter(name, demand: demand, hosts: hosts),
                    now: now,
                    policy: policy
                )
            case 5: _ = state.take(Waiter.Key(holder: name, workspace: name), now: now)
            case 6...8:
                if let lease = own.randomElement(using: &random) {
                    state.giveBack(lease.serial, holder: name, now: now, policy: policy)
                }
            case 9:
                state.withdraw(Waiter.Key(holder: name, workspace: name), now: now, policy: policy)
            case 10:
                state.reap(now: now, policy: policy) { $0 != name }
                policy.settle(&state, now: now)
                state.join(
                    name,
                    LedgerHolder(process: 1, role: "run", capacity: 3, joinedAt: now)
                )
            default: policy.settle(&state, now: now)
            }
            let comment: Comment = "seed \(seed), step \(step)"
            #expect(state.leases.count <= 3, comment)
            let hosts = Dictionary(grouping: state.leases.values, by: \.host)
            #expect(hosts.values.allSatisfy { $0.count <= 2 }, comment)
            let holders = Dictionary(grouping: state.leases.values, by: \.holder)
            #expect(holders.values.allSatisfy { $0.count <= 3 }, comment)
            #expect(state.leases.values.allSatisfy { state.holders[$0.holder] != nil }, comment)
            // I4: a free slot and somebody who could use it never stand side by side.
            let isFree = state.leases.count < 3
            let able = state.waiters.values.contains { waiter in
                (holders[waiter.key.holder]?.count ?? 0) < 3
                    && waiter.candidates.contains { (hosts[$0.host]?.count ?? 0) < 2 }
            }
            #expect(!(isFree && able), comment)
        }
    }
}
