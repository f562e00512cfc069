import ADMCatalog
import ADMModel

/// One look for something to begin, from the question what changed to the start of the jobs.
struct Pass: Sendable {
    /// Slots of one host for which jobs are to be claimed.
    struct Group: Sendable {
        let leases: [Lease]
        /// Origins that nobody may ask now.
        let closed: Set<String>

        var host: String { leases[0].host }
    }

    /// Which answer the pass waits for.
    enum Stage: Sendable {
        /// The queue is being refreshed.
        case refreshing
        /// Suspects are being looked for.
        case findingSuspects
        /// Whether this suspect may run alone.
        case enteringAlone(Suspect)
        /// Whether the ledger gives a slot for this suspect.
        case askingAlone(Suspect)
        /// Whether the suspect could be claimed for this slot.
        case claimingAlone(Lease)
        /// Whether jobs may be claimed at all.
        case entering
        /// The ledger is being told of slots that were given back.
        case telling
        /// Which jobs could begin.
        case finding
        /// How many slots the ledger gives for these.
        case asking(QueueHead?)
        /// Which jobs could be claimed for slots of one host.
        case claiming(Group)
        /// Whether the queue is drained.
        case checkingDrained
    }

    var stage = Stage.refreshing
    /// Whether the ledger is asked, however long ago it was asked last.
    var asks: Bool
    /// The slots for which jobs are still to be claimed.
    var groups: [Group] = []
    /// Whether they are fresh from the ledger, which may have more.
    var isGranted = false
    /// The jobs that were claimed, with their slots.
    var begun: [(job: Int64, lease: Lease)] = []
    /// Why jobs could not be claimed.
    var failure: Failure?

    /// Forms groups of slots by host, those that the ledger gave first before others.
    static func groups(of leases: [Lease], closed: ([Lease]) -> Set<String>) -> [Group] {
        Dictionary(grouping: leases, by: \.host).values
            .sorted { $0[0].serial < $1[0].serial }
            .map { Group(leases: $0, closed: closed($0)) }
    }
}
