/// What all processes of one `ADM_HOME` may use together.
public struct BudgetLimits: Sendable, Hashable, Codable {
    /// How many transfers may run at once, at least 1.
    public var slots: Int
    /// How many of them may be from one host; 0 for no limit.
    public var perHost: Int
    /// Bytes a second for all transfers together.
    public var rate: Rate
    /// Bytes a second for all transfers from one host together.
    public var hostRate: Rate

    /// Takes the limits.
    public init(
        slots: Int = 8,
        perHost: Int = 4,
        rate: Rate = .unlimited,
        hostRate: Rate = .unlimited
    ) {
        self.slots = slots
        self.perHost = perHost
        self.rate = rate
        self.hostRate = hostRate
    }
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
