package import ADMCatalog

/// What the ledger decided about the slots of one workspace of this process.
package struct SlotDecision: Sendable {
    /// Slots that were just taken.
    package var granted: [Lease] = []
    /// Its slots that are to be given back.
    package var preempted: Set<Int64> = []
    /// Hosts that have all the transfers that they may have.
    package var busyHosts: Set<String> = []
    /// The origins that want to be left alone.
    package var coolDowns: [String: LedgerCoolDown] = [:]
    /// Whether it waits for a slot now.
    package var isWaiting = false
    /// Whether there is a limit of bytes a second for it.
    package var isRateLimited = false
    /// Whether other workspaces have or want slots, so that each is to be shared out again.
    package var hasRivals = false

    /// The origins that nobody may ask at a time, in milliseconds by ``BootClock``.
    func closed(at now: Int64) -> Set<String> {
        Set(coolDowns.filter { $0.value.until > now }.keys)
    }
}
