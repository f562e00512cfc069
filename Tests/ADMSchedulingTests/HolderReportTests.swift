import ADMCatalog
import ADMModel
import Testing

@testable import ADMScheduling

struct HolderReportTests {
    private let policy = FairShare()

    private func report(
        generation: String?,
        leases: [Lease] = [],
        givenBack: Set<Int64> = [],
        coolDowns: [String: Int64] = [:],
        answers: Set<String> = []
    ) -> HolderReport {
        HolderReport(
            holder: "p",
            entry: LedgerHolder(process: 1, role: "run", capacity: 3, joinedAt: 0),
            generation: generation,
            leases: leases,
            members: [.init(id: "w", name: "work", share: WorkspaceShare())],
            givenBack: givenBack,
            coolDowns: coolDowns,
            answers: answers
        )
    }

    private let lease = Lease(
        serial: 4,
        holder: "p",
        workspace: "w",
        host: "a.org",
        state: .held,
        grantedAt: 0
    )

    private func ledger(_ generation: String) -> LedgerState {
        LedgerState(generation: generation, quietUntil: 0, limits: BudgetLimits(slots: 2))
    }

    @Test func `a ledger that was made again learns of every slot and workspace`() {
        var state = ledger("new")
        let report = report(generation: "old", leases: [lease])
        report.apply(to: &state, limits: { BudgetLimits(slots: 7) }, now: 1, policy: policy)
        #expect(state.leases[4]?.workspace == "w")
        #expect(state.shares["w"]?.name == "work")
        #expect(state.holders["p"]?.capacity == 3)
        #expect(state.limits.slots == 7)
    }

    @Test func `a ledger that knows the process keeps its limits and learns only what is new`() {
        var state = ledger("same")
        let first = report(generation: "same", leases: [lease])
        first.apply(to: &state, limits: { BudgetLimits(slots: 7) }, now: 1, policy: policy)
        let next = report(
            generation: "same",
            givenBack: [4],
            coolDowns: ["https://a.org": 5000]
        )
        next.apply(to: &state, limits: { BudgetLimits(slots: 7) }, now: 2, policy: policy)
        #expect(state.leases.isEmpty)
        #expect(state.limits.slots == 2)
        #expect(state.isClosed("https://a.org", now: 3))
        let last = report(generation: "same", answers: ["https://a.org"])
        last.apply(to: &state, limits: { BudgetLimits(slots: 7) }, now: 4, policy: policy)
        #expect(!state.isClosed("https://a.org", now: 5))
    }
}
