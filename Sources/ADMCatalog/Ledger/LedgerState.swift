package import ADMModel

/// Everything that the ledger says, as one value: who lives, who has which slot, who waits.
///
/// It decides nothing and knows no clock. All times are milliseconds since the machine started
/// (``BootClock``), so that neither a step of the clock nor a suspended machine changes who is first.
package struct LedgerState: Sendable, Hashable {
    /// Which ledger it is: another text means that the old one was lost, and with it all leases.
    package var generation: String
    /// No slot is given away before this time, so that the holders of a lost ledger can put their
    /// leases into the new one.
    package var quietUntil: Int64
    /// The number of the last lease or waiter.
    package var lastSerial: Int64
    /// The limits for all.
    package var limits: BudgetLimits
    /// The living processes that take part, by liveness lock.
    package var holders: [String: LedgerHolder] = [:]
    /// The workspaces that ever took part, by UUID.
    package var shares: [String: LedgerShare] = [:]
    /// The slots in use, by number.
    package var leases: [Int64: Lease] = [:]
    /// Who waits for a slot.
    package var waiters: [Waiter.Key: Waiter] = [:]
    /// The origins that want to be left alone, as they are written in URLs.
    package var coolDowns: [String: LedgerCoolDown] = [:]
    /// How fast transfers are and could be, while there is a limit of bytes a second.
    package var flows: [LedgerFlow.Key: LedgerFlow] = [:]

    /// Makes a ledger without leases.
    package init(generation: String, quietUntil: Int64, limits: BudgetLimits) {
        self.generation = generation
        self.quietUntil = quietUntil
        self.limits = limits
        lastSerial = 0
    }
}

/// The wish of an origin to be left alone.
package struct LedgerCoolDown: Sendable, Hashable {
    /// Until when nobody asks it; then one job at a time tries.
    package var until: Int64
    /// Until when it wants to be left alone by its own word.
    package var asked: Int64
    /// How often it said so in a row.
    package var refusals: Int

    /// Creates a wish.
    package init(until: Int64, asked: Int64, refusals: Int) {
        self.until = until
        self.asked = asked
        self.refusals = refusals
    }
}

/// A process that takes part in the budget.
package struct LedgerHolder: Sendable, Hashable {
    /// Its process number; only for people, who may want to look at it.
    package var process: Int64
    /// What it does: `download`, `run`.
    package var role: String
    /// How many slots it wants at most.
    package var capacity: Int
    /// When it joined.
    package var joinedAt: Int64

    /// Creates a process.
    package init(process: Int64, role: String, capacity: Int, joinedAt: Int64) {
        self.process = process
        self.role = role
        self.capacity = capacity
        self.joinedAt = joinedAt
    }
}

/// What a workspace is entitled to, and what it has had.
package struct LedgerShare: Sendable, Hashable {
    /// The workspace's name when it last took part; only for people.
    package var name: String
    /// Weight, minimum, maximum, pause.
    package var share: WorkspaceShare
    /// Slot-milliseconds over weight that it has had, each halved for every hour since.
    package var usage: Double
    /// When `usage` was worked out.
    package var usageAt: Int64

    /// Creates a workspace.
    package init(name: String, share: WorkspaceShare, usage: Double = 0, usageAt: Int64) {
        self.name = name
        self.share = share
        self.usage = usage
        self.usageAt = usageAt
    }
}

/// One slot in use.
package struct Lease: Sendable, Hashable {
    /// How far the hand-over is.
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// Given to a process that has not taken it yet.
        case offered
        /// Taken.
        case held
        /// Taken, and to be given back at the next checkpoint.
        case yielding
    }

    /// Its number, never used twice.
    package var serial: Int64
    /// The process that has it.
    package var holder: String
    /// The workspace that it counts for, by UUID.
    package var workspace: String
    /// The job that runs; nil until one was claimed.
    package var job: Int64?
    /// The host that it counts for.
    package var host: String
    /// The origin that it was given for, as it is written in URLs.
    package var origin: String
    /// How far the hand-over is.
    package var state: State
    /// How many connections the transfer may have.
    package var connections: Int
    /// How many it could use.
    package var wanted: Int
    /// Whether the transfer can stop and continue later without losing bytes.
    package var isResumable: Bool
    /// When it was given.
    package var grantedAt: Int64

    /// Creates a slot in use.
    package init(
        serial: Int64,
        holder: String,
        workspace: String,
        job: Int64? = nil,
        host: String,
        origin: String = "",
        state: State,
        connections: Int = 1,
        wanted: Int? = nil,
        isResumable: Bool = true,
        grantedAt: Int64
    ) {
        self.serial = serial
        self.holder = holder
        self.workspace = workspace
        self.job = job
        self.host = host
        self.origin = origin
        self.state = state
        self.connections = connections
        self.wanted = wanted ?? connections
        self.isResumable = isResumable
        self.grantedAt = grantedAt
    }
}

/// All transfers of one process for one workspace from one host, as far as their speed matters.
package struct LedgerFlow: Sendable, Hashable {
    /// Which transfers they are.
    package struct Key: Sendable, Hashable {
        /// The process.
        package var holder: String
        /// The workspace, by UUID.
        package var workspace: String
        /// Where they fetch from.
        package var host: String

        /// Names transfers.
        package init(holder: String, workspace: String, host: String) {
            self.holder = holder
            self.workspace = workspace
            self.host = host
        }
    }

    /// How much they count beside others of the workspace.
    package var weight: Double
    /// The bytes a second that they could use; infinity if they were held up.
    package var demand: Double

    /// Describes transfers.
    package init(weight: Double, demand: Double) {
        self.weight = weight
        self.demand = demand
    }
}

/// The wish of one process for slots for one workspace.
package struct Waiter: Sendable, Hashable {
    /// A process waits once for each workspace.
    package struct Key: Sendable, Hashable {
        /// The process.
        package var holder: String
        /// The workspace, by UUID.
        package var workspace: String

        /// Names a wish.
        package init(holder: String, workspace: String) {
            self.holder = holder
            self.workspace = workspace
        }
    }

    /// A job that could run now.
    package struct Candidate: Sendable, Hashable {
        /// Its number in the workspace; nil once a slot was given for it.
        package var job: Int64?
        /// Where it fetches from.
        package var host: String
        /// The same with scheme and port, as it is written in URLs.
        package var origin: String
        /// With how many connections it would begin.
        package var connections: Int

        /// Names a job.
        package init(job: Int64?, host: String, origin: String = "", connections: Int = 1) {
            self.job = job
            self.host = host
            self.origin = origin
            self.connections = connections
        }
    }

    /// Whose wish it is.
    package var key: Key
    /// Its next jobs, the most urgent of each origin, the most urgent first.
    package var candidates: [Candidate]
    /// The sort key of its most urgent job: less is sooner, inside one workspace.
    package var sortKey: Int64
    /// How many slots it could use now.
    package var demand: Int
    /// Its place among the waiters of one workspace that are alike.
    package var serial: Int64
    /// Since when it waits.
    package var since: Int64

    /// Creates a wish.
    package init(
        key: Key,
        candidates: [Candidate],
        sortKey: Int64,
        demand: Int,
        serial: Int64 = 0,
        since: Int64 = 0
    ) {
        self.key = key
        self.candidates = candidates
        self.sortKey = sortKey
        self.demand = demand
        self.serial = serial
        self.since = since
    }
}
