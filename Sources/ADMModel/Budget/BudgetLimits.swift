/// What all processes of one `ADM_HOME` may use together.
public struct BudgetLimits: Sendable, Hashable, Codable {
    /// How many transfers may run at once; 0 for as many as the connections allow.
    public var slots: Int
    /// How many of them may be from one host; 0 for as many as the connections allow.
    public var perHost: Int
    /// How many connections all transfers may have together, at least 1.
    public var connections: Int
    /// How many of them may be to one host, at least 1.
    public var hostConnections: Int
    /// Bytes a second for all transfers together.
    public var rate: Rate
    /// Bytes a second for all transfers from one host together.
    public var hostRate: Rate

    /// Takes the limits.
    public init(
        slots: Int = 0,
        perHost: Int = 0,
        connections: Int = 64,
        hostConnections: Int = 48,
        rate: Rate = .unlimited,
        hostRate: Rate = .unlimited
    ) {
        self.slots = slots
        self.perHost = perHost
        self.connections = connections
        self.hostConnections = hostConnections
        self.rate = rate
        self.hostRate = hostRate
    }
}

extension BudgetLimits {
    /// What is shared out, and counted: transfers if their number is limited, else connections.
    public enum Unit: String, Sendable, Hashable, Codable, CaseIterable {
        /// Transfers at once.
        case slots
        /// Connections of all transfers.
        case connections
    }

    /// What is shared out.
    public var unit: Unit { slots > 0 ? .slots : .connections }

    /// How much there is of it.
    public var capacity: Int { slots > 0 ? slots : connections }

    /// How much of it a transfer takes with a number of connections: at least one, and of the slots as
    /// great a part as of all connections.
    public func cost(ofConnections count: Int) -> Double {
        guard slots > 0 else { return Double(max(1, count)) }
        return max(1, Double(count) * Double(slots) / Double(max(1, connections)))
    }

    /// With how many connections a transfer begins at most: if somebody limited the number of transfers, its part
    /// of the connections, so that all of them can begin.
    public var firstConnections: Int {
        let ofHost = perHost > 0 ? hostConnections / perHost : hostConnections
        let ofAll = slots > 0 ? connections / slots : connections
        return max(1, min(ofHost, ofAll))
    }

    /// The most connections that one transfer may have.
    public var mostConnections: Int { max(1, min(connections, hostConnections)) }
}

/// What one workspace may have of the budget.
public struct WorkspaceShare: Sendable, Hashable, Codable {
    /// How much of the budget it gets beside others: twice the weight, twice the slots.
    public var weight: Int
    /// Slots guaranteed to it before any other workspace gets more.
    public var minSlots: Int
    /// It never has more slots than this; 0 for no limit.
    public var maxSlots: Int
    /// Whether its jobs wait until somebody resumes it.
    public var isPaused: Bool
    /// Bytes a second for all its transfers together.
    public var rate: Rate

    /// Takes the share.
    public init(
        weight: Int = 1,
        minSlots: Int = 0,
        maxSlots: Int = 0,
        isPaused: Bool = false,
        rate: Rate = .unlimited
    ) {
        self.weight = weight
        self.minSlots = minSlots
        self.maxSlots = maxSlots
        self.isPaused = isPaused
        self.rate = rate
    }
}
