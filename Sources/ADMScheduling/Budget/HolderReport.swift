import ADMCatalog
import ADMModel

/// What a process tells the ledger with each of its changes, before anything else.
struct HolderReport: Sendable {
    let holder: String
    let entry: LedgerHolder
    /// The ledger that it knows; nil before its first change.
    let generation: String?
    /// The slots that it has.
    let leases: [Lease]
    let members: [Budget.Member]
    /// The slots that it has given back since its last change.
    let givenBack: Set<Int64>
    /// For how many milliseconds origins asked to be left alone since then.
    let coolDowns: [String: Int64]
    /// The origins that have answered since then.
    let answers: Set<String>

    /// Enters it; a ledger that is new, or that forgot the process, learns of everything it has.
    func apply(
        to state: inout LedgerState,
        limits: () -> BudgetLimits,
        now: Int64,
        policy: FairShare
    ) {
        if state.generation != generation || state.holders[holder] == nil {
            state.join(holder, entry)
            state.restore(leases)
            // The settings of the process that came last count.
            // A ledger that is new knows none; what was read when the process began may be old.
            if state.generation != generation { state.limits = limits() }
            for member in members {
                state.register(member.id, name: member.name, share: member.share, now: now)
            }
        }
        state.holders[holder]?.capacity = entry.capacity
        for origin in answers { state.endCoolDown(of: origin) }
        for (origin, asked) in coolDowns { state.leaveAlone(origin, for: asked, now: now) }
        for lease in leases { state.describe(lease) }
        // What becomes of it is decided when all that this process wants is known.
        state.release(givenBack, holder: holder, now: now, policy: policy)
    }
}

/// What a change of the ledger brought to the process that made it.
struct LedgerChange<Result: Sendable>: Sendable {
    let result: Result
    let generation: String
    /// The other processes that it concerns.
    let concerned: Set<String>
    /// How many connections the slots of this process may have.
    let connections: [Int64: Int]
}
