/// The budget at one moment: who has slots, who waits, and what each workspace is entitled to.
public struct BudgetReport: Sendable, Hashable, Codable {
    /// A slot in use.
    public struct Slot: Sendable, Hashable, Codable {
        /// The workspace that it counts for.
        public var workspace: String
        /// The job, by its number there.
        public var job: Int64?
        /// Where it fetches from.
        public var host: String
        /// `offered`, `held`, or `yielding`: to be given back at the next checkpoint.
        public var state: String
        /// How many connections it may have.
        public var connections: Int
        /// Whether the transfer can stop and continue later without losing bytes.
        public var isResumable: Bool
        /// Since when, in seconds before now.
        public var heldSeconds: Double
        /// The process that has it.
        public var process: Int64

        /// Creates a slot in use.
        public init(
            workspace: String,
            job: Int64?,
            host: String,
            state: String,
            connections: Int = 1,
            isResumable: Bool,
            heldSeconds: Double,
            process: Int64
        ) {
            self.workspace = workspace
            self.job = job
            self.host = host
            self.state = state
            self.connections = connections
            self.isResumable = isResumable
            self.heldSeconds = heldSeconds
            self.process = process
        }
    }

    /// A process that takes part.
    public struct Process: Sendable, Hashable, Codable {
        /// Its process number.
        public var process: Int64
        /// What it does: `download` or `run`.
        public var role: String
        /// How many slots it has.
        public var slots: Int
        /// How many it wants at most.
        public var capacity: Int

        /// Creates a process.
        public init(process: Int64, role: String, slots: Int, capacity: Int) {
            self.process = process
            self.role = role
            self.slots = slots
            self.capacity = capacity
        }
    }

    /// A workspace that has or wants slots, or had some.
    public struct Workspace: Sendable, Hashable, Codable {
        /// Its name.
        public var name: String
        /// Weight, minimum, maximum, pause.
        public var share: WorkspaceShare
        /// How many slots it has.
        public var slots: Int
        /// How many connections its slots may have.
        public var connections: Int
        /// The part of all slots, or of all connections if the slots are not limited, that is due to it now; a
        /// fraction is a turn now and then.
        public var entitled: Double
        /// How many more slots it could use.
        public var waiting: Int
        /// Since when it waits, in seconds before now; nil if it does not.
        public var waitingSeconds: Double?

        /// Creates a workspace.
        public init(
            name: String,
            share: WorkspaceShare,
            slots: Int,
            connections: Int = 0,
            entitled: Double,
            waiting: Int,
            waitingSeconds: Double?
        ) {
            self.name = name
            self.share = share
            self.slots = slots
            self.connections = connections
            self.entitled = entitled
            self.waiting = waiting
            self.waitingSeconds = waitingSeconds
        }
    }

    /// An origin that asked to be left alone (`Retry-After`).
    public struct CoolDown: Sendable, Hashable, Codable {
        /// Scheme, host and port, as they are written in URLs.
        public var origin: String
        /// For how many more seconds no job asks it; 0 if one job at a time may try.
        public var seconds: Double
        /// For how many more seconds it wants to be left alone by its own word.
        public var askedSeconds: Double

        /// Creates an origin.
        public init(origin: String, seconds: Double, askedSeconds: Double) {
            self.origin = origin
            self.seconds = seconds
            self.askedSeconds = askedSeconds
        }
    }

    /// The limits for all.
    public var limits: BudgetLimits
    /// The slots in use, the oldest first.
    public var slots: [Slot]
    /// The processes, by their numbers.
    public var processes: [Process]
    /// The workspaces, by name.
    public var workspaces: [Workspace]
    /// The origins that are left alone, by name.
    public var coolDowns: [CoolDown]

    /// Puts a report together.
    public init(
        limits: BudgetLimits,
        slots: [Slot],
        processes: [Process],
        workspaces: [Workspace],
        coolDowns: [CoolDown]
    ) {
        self.limits = limits
        self.slots = slots
        self.processes = processes
        self.workspaces = workspaces
        self.coolDowns = coolDowns
    }
}

extension [BudgetReport.Slot] {
    /// How many connections they may have in all.
    public var connections: Int { reduce(0) { $0.adding(saturating: $1.connections) } }
}
