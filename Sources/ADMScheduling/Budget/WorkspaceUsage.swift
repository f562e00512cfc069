/// What one workspace uses of the budget at one moment, is entitled to, and has had.
struct WorkspaceUsage: Sendable {
    var weight: Int
    var minimum: Int
    var maximum: Int
    var isPaused: Bool
    /// Its slots, offered ones too.
    var running = 0
    /// Its slots that it has been asked to give back.
    var yielding = 0
    /// How many connections its slots may have.
    var connections = 0
    /// What its slots take of what is shared out (``BudgetLimits/unit``).
    var used = 0.0
    /// The same of those that it has been asked to give back.
    var returning = 0.0
    /// How much more of it it could use.
    var demand = 0.0
    /// The part of all of it that is due to it.
    var entitled = 0.0
    /// What it has had.
    var served = 0.0
    /// What it uses of each host.
    var hosts: [String: HostUsage] = [:]
}

extension WorkspaceUsage {
    /// How urgently it is owed a slot, with those that it has now.
    var urgency: Urgency {
        if running < minimum { return .belowMinimum }
        let owed = entitled - used
        if owed >= 1 - 1e-6 { return .owedWhole }
        return owed > 1e-6 ? .owedFraction : .beyond
    }
}

/// How urgently a workspace is owed a slot.
enum Urgency: Int, Comparable {
    case belowMinimum
    case owedWhole
    case owedFraction
    case beyond

    static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }
}
