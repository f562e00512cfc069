/// What all processes of one `ADM_HOME` may use together.
public struct BudgetLimits: Sendable, Hashable, Codable {
    /// How many transfers may run at once, at least 1.
    public var slots: Int
    /// How many of them may be from one host; 0 for no limit.
    public var perHost: Int
    /// Bytes a second for all transfers together; 0 for no limit.
    public var rate: ByteCount

    /// Takes the limits.
    public init(slots: Int = 8, perHost: Int = 4, rate: ByteCount = ByteCount(0)) {
        self.slots = slots
        self.perHost = perHost
        self.rate = rate
    }

    private enum CodingKeys: String, CodingKey {
        case slots
        case perHost
        case rate
    }

    /// Reads the limits; the rate is a number of bytes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        slots = try values.decode(Int.self, forKey: .slots)
        perHost = try values.decode(Int.self, forKey: .perHost)
        rate = ByteCount(try values.decode(Int64.self, forKey: .rate))
    }

    /// Writes the limits; the rate is a number of bytes.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(slots, forKey: .slots)
        try values.encode(perHost, forKey: .perHost)
        try values.encode(rate.bytes, forKey: .rate)
    }
}

/// What one workspace may have of the budget.
public struct WorkspaceShare: Sendable, Hashable, Codable {
    /// How much of the budget it gets beside others: twice the weight, twice the slots.
    public var weight: Int
    /// So many slots it gets before any other workspace gets more.
    public var minSlots: Int
    /// It never has more slots than this; 0 for no limit.
    public var maxSlots: Int
    /// Whether its jobs wait until somebody resumes it.
    public var isPaused: Bool

    /// Takes the share.
    public init(weight: Int = 1, minSlots: Int = 0, maxSlots: Int = 0, isPaused: Bool = false) {
        self.weight = weight
        self.minSlots = minSlots
        self.maxSlots = maxSlots
        self.isPaused = isPaused
    }
}
