import ADMCatalog
import ADMModel
import ADMScheduling
import Testing

/// Servers that want to be left alone: who waits for them, and for how long.
@Suite struct CoolDownTests {
    private let policy = FairShare()
    private let busy = "http://example.org:8080"

    private func state() -> LedgerState {
        var state = LedgerState(
            generation: "test",
            quietUntil: 0,
            limits: BudgetLimits(slots: 8, perHost: 0)
        )
        for holder in ["a", "b", "c"] {
            state.join(
                holder,
                LedgerHolder(process: 1, role: "run", capacity: 8, joinedAt: 0)
            )
            state.register(holder, name: holder, share: WorkspaceShare(), now: 0)
        }
        return state
    }

    private func waiter(_ holder: String, _ origins: String..., demand: Int = 1) -> Waiter {
        Waiter(
            key: Waiter.Key(holder: holder, workspace: holder),
            candidates: origins.enumerated().map {
                .init(job: Int64($0.offset + 1), host: "example.org", origin: $0.element)
            },
            sortKey: 0,
            demand: demand
        )
    }

    @Test func `H13 nobody asks an origin before the short time that it asked for`() {
        var state = state()
        state.leaveAlone(busy, for: 5000, now: 0)
        #expect(state.request(waiter("a", busy), now: 0, policy: policy).isEmpty)
        policy.settle(&state, now: 4999)
        #expect(state.leases.isEmpty)
        policy.settle(&state, now: 5000)
        #expect(state.leases.count == 1)
        #expect(state.coolDowns.isEmpty)
    }

    @Test func `another port of the host is another origin`() {
        var state = state()
        state.leaveAlone(busy, for: 5000, now: 0)
        let granted = state.request(
            waiter("a", busy, "http://example.org", "https://example.org:8080", demand: 3),
            now: 0,
            policy: policy
        )
        #expect(granted.map(\.job).contains(2))
        #expect(!granted.map(\.origin).contains(busy))
    }

    @Test func `H13 a long wish keeps others away for seconds, then one at a time tries`() {
        var state = state()
        state.leaveAlone(busy, for: 86_400_000, now: 0)
        #expect(state.request(waiter("a", busy), now: 0, policy: policy).isEmpty)
        #expect(state.request(waiter("b", busy), now: 0, policy: policy).isEmpty)
        policy.settle(&state, now: 9999)
        #expect(state.leases.isEmpty)
        policy.settle(&state, now: 10_000)
        let taken = ["a", "b"].flatMap { holder in
            state.take(Waiter.Key(holder: holder, workspace: holder), now: 10_000)
        }
        #expect(taken.count == 1)
        // The other one waits for what becomes of the first.
        policy.settle(&state, now: 19_999)
        #expect(state.leases.count == 1)
        state.endCoolDown(of: busy)
        policy.settle(&state, now: 20_000)
        #expect(state.leases.count == 2)
    }

    @Test func `H13 each further refusal keeps others away for twice as long, two minutes at most`()
    {
        var state = state()
        var now: Int64 = 0
        var waits: [Int64] = []
        for _ in 0..<7 {
            state.leaveAlone(busy, for: 86_400_000, now: now)
            // One that was on its way at the same time says nothing new.
            state.leaveAlone(busy, for: 86_400_000, now: now + 1)
            let until = state.coolDowns[busy]?.until ?? 0
            waits.append((until - now) / 1000)
            now = until
        }
        #expect(waits == [10, 20, 40, 80, 120, 120, 120])
    }

    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func `times that make no sense do no harm`(asked: Int64) {
        var state = state()
        state.leaveAlone(busy, for: asked, now: 1000)
        let entry = state.coolDowns[busy]
        #expect((entry?.asked ?? 0) <= 1000 + 86_400_000)
        #expect((entry?.until ?? 0) <= 11_000)
    }

    @Test(
        arguments: [
            (Double.nan, 0), (-1, 0), (0, 0), (1.5, 1500), (1e308, 86_400_000),
            (.infinity, 86_400_000),
        ] as [(Double, Int64)]
    )
    func `seconds from outside become milliseconds of a day at most`(
        seconds: Double,
        milliseconds: Int64
    ) {
        #expect(Budget.CoolDown(origin: busy, seconds: seconds).milliseconds == milliseconds)
    }

    @Test func `only a busy server that named a time is left alone, under its own origin`() {
        let asked = Failure(.remoteBusy, "busy", retryAfter: 3, askedBy: busy)
        #expect(Budget.CoolDown(asked)?.origin == busy)
        #expect(Budget.CoolDown(Failure(.remoteBusy, "busy", askedBy: busy)) == nil)
        #expect(Budget.CoolDown(Failure(.network, "gone", retryAfter: 3)) == nil)
    }
}
